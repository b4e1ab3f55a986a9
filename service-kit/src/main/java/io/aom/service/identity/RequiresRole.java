package io.aom.service.identity;

import io.aom.identity.Role;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The role that a caller needs, on a controller or one of its methods (which wins). Without it a
 * caller needs {@link Role#VIEWER}; under {@code /internal/} always {@link Role#SERVICE}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface RequiresRole {
  Role value();
}

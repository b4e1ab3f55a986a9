package io.aom.service.problem;

import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Tomcat's way of saying that a form is too large or malformed. */
final class ParameterFailure {
  private ParameterFailure() {}

  /** The status that Tomcat wants, or null if the failure is another one. */
  static @Nullable HttpStatus status(Throwable e) {
    return e instanceof InvalidParameterException parameters
        ? HttpStatus.resolve(parameters.getErrorCode())
        : null;
  }
}

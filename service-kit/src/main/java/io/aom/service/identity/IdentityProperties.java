package io.aom.service.identity;

import io.aom.identity.IdentitySecret;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the services of one installation share to believe each other.
 *
 * @param secret Base64 of at least 32 bytes, the same in every service; required
 */
@ConfigurationProperties("aom.identity")
record IdentityProperties(@Nullable IdentitySecret secret) {
  IdentitySecret required() {
    if (secret == null) {
      throw new IllegalStateException(
          "aom.identity.secret: missing (expected: Base64 of at least 32 random bytes, the same in"
              + " every service)");
    }
    return secret;
  }
}

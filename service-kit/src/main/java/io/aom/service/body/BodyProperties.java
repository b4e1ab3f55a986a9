package io.aom.service.body;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Bounds on request bodies as they come over the wire.
 *
 * @param maxSize largest body; a larger one is answered with 413 before more of it is read
 */
@ConfigurationProperties("aom.body")
record BodyProperties(@DefaultValue("1MB") DataSize maxSize) {
  BodyProperties {
    if (maxSize.toBytes() < 1) {
      throw new IllegalArgumentException("aom.body.max-size: " + maxSize + " (expected: >= 1B)");
    }
  }
}

package io.aom.selftelemetry;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What of a service's own logs is sent.
 *
 * @param loggers names of the loggers whose events are sent, with all below them; in one JVM with
 *     other services each sends its own
 * @param maxLogsPerSecond most events sent in a second; more are counted and not sent
 */
@ConfigurationProperties("aom.self-telemetry")
public record SelfTelemetryProperties(
    @DefaultValue("io.aom") List<String> loggers, @DefaultValue("20") int maxLogsPerSecond) {
  public SelfTelemetryProperties {
    if (maxLogsPerSecond < 1) {
      throw new IllegalArgumentException(
          "aom.self-telemetry.max-logs-per-second: " + maxLogsPerSecond + " (expected: >= 1)");
    }
    loggers = List.copyOf(loggers);
  }
}

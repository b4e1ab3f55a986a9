package io.aom.standalone;

import java.util.LinkedHashMap;
import java.util.Map;

/** Spring Boot's settings by which AOM sends its own metrics, traces and logs to its own door. */
final class SelfTelemetry {
  private static final String VARIABLE = "AOM_SELF_TELEMETRY";

  private SelfTelemetry() {}

  /** Whether it is sent: unless {@code AOM_SELF_TELEMETRY} is {@code off}. */
  static boolean isWanted(Map<String, String> environment) throws UsageException {
    String text = environment.getOrDefault(VARIABLE, "on");
    return switch (text) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new UsageException(VARIABLE + ": " + text + " (expected: on or off)");
    };
  }

  /**
   * Settings of every service.
   *
   * @param otlpHttp base URL of OTLP/HTTP
   * @param key of an agent
   */
  static Map<String, String> settings(String otlpHttp, String key) {
    String credential = "Bearer " + key;
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("management.opentelemetry.resource-attributes.service.namespace", "aom");

    String metrics = "management.otlp.metrics.export.";
    settings.put(metrics + "enabled", "true");
    settings.put(metrics + "url", otlpHttp + "/v1/metrics");
    settings.put(metrics + "headers.Authorization", credential);
    settings.put(metrics + "step", "15s");
    settings.put(metrics + "base-time-unit", "seconds");
    settings.put(metrics + "compression-mode", "gzip");

    String traces = "management.opentelemetry.tracing.export.";
    settings.put(traces + "otlp.endpoint", otlpHttp + "/v1/traces");
    settings.put(traces + "otlp.headers.Authorization", credential);
    settings.put(traces + "otlp.compression", "gzip");
    settings.put("management.tracing.sampling.probability", "0.1");

    String logs = "management.opentelemetry.logging.export.";
    settings.put(logs + "otlp.endpoint", otlpHttp + "/v1/logs");
    settings.put(logs + "otlp.headers.Authorization", credential);
    settings.put(logs + "otlp.compression", "gzip");
    return settings;
  }
}

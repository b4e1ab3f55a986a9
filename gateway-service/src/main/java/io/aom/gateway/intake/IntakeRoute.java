package io.aom.gateway.intake;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A path that takes telemetry.
 *
 * @param upstreamPath where ingest takes it
 * @param otlp whether errors are told as OTLP wants them, as {@code google.rpc.Status}
 */
public record IntakeRoute(String upstreamPath, boolean otlp) {
  private static final List<String> SIGNALS = List.of("traces", "metrics", "logs");
  private static final Map<String, IntakeRoute> ALL = all();

  /** The route of a path, which has no query string; null if it takes no telemetry. */
  public static @Nullable IntakeRoute find(String path) {
    return ALL.get(path);
  }

  /** Every path that takes telemetry, aliases too. */
  public static List<String> paths() {
    return ALL.keySet().stream().sorted().toList();
  }

  /**
   * The path that a sender of {@code /v1/traces/v1/traces} means: exporters append the path to an
   * endpoint, which may have it already. Null if it is no such path.
   */
  public static @Nullable String undoubled(String path) {
    for (String signal : SIGNALS) {
      String appended = "/v1/" + signal;
      if (path.endsWith(appended)) {
        String endpoint = path.substring(0, path.length() - appended.length());
        IntakeRoute known = find(endpoint);
        return known != null && known.otlp() ? endpoint : null;
      }
    }
    return null;
  }

  private static Map<String, IntakeRoute> all() {
    Map<String, IntakeRoute> all = new HashMap<>();
    for (String signal : SIGNALS) {
      IntakeRoute route = new IntakeRoute("/v1/" + signal, true);
      all.put("/v1/" + signal, route);
      all.put("/otlp/v1/" + signal, route);
    }
    IntakeRoute metrics = new IntakeRoute("/v1/metrics", true);
    all.put("/api/v1/otlp/v1/metrics", metrics);
    all.put("/prometheus/api/v1/otlp/v1/metrics", metrics);
    IntakeRoute write = new IntakeRoute("/api/v1/write", false);
    all.put("/api/v1/write", write);
    all.put("/api/v1/push", write);
    all.put("/prometheus/api/v1/write", write);
    return Map.copyOf(all);
  }
}

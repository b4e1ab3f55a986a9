package io.aom.topology.query.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.telemetry.TimeWindow;
import io.aom.topology.graph.CallStats;
import io.aom.topology.query.GraphQueries;
import io.aom.topology.span.ServiceName;
import java.util.List;

/** Services on the wire. */
record ServicesResponse(
    List<ServiceBody> services,
    FreshnessBody freshness,
    boolean partial,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {

  /**
   * @param ratePerSecond calls by the second of the window asked for
   * @param errorRatio 0 to 1
   */
  record ServiceBody(
      String name,
      String namespace,
      long calls,
      long errors,
      double ratePerSecond,
      double errorRatio,
      double p50Millis,
      double p95Millis,
      double p99Millis) {

    static ServiceBody of(ServiceName service, CallStats stats, double seconds) {
      return new ServiceBody(
          service.name(),
          service.namespace(),
          stats.calls(),
          stats.errors(),
          stats.calls() / seconds,
          stats.calls() == 0 ? 0 : (double) stats.errors() / stats.calls(),
          Millis.quantile(stats, 0.50),
          Millis.quantile(stats, 0.95),
          Millis.quantile(stats, 0.99));
    }
  }

  static ServicesResponse of(GraphQueries.Services services, TimeWindow window) {
    double seconds = Math.max(1, window.endMillis() - window.startMillis()) / 1e3;
    return new ServicesResponse(
        services.totals().entrySet().stream()
            .map(entry -> ServiceBody.of(entry.getKey(), entry.getValue(), seconds))
            .toList(),
        FreshnessBody.of(services.completeness()),
        services.completeness().partial(),
        services.completeness().missing());
  }
}

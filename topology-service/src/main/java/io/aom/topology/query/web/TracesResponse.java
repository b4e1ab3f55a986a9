package io.aom.topology.query.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.topology.query.TraceQueries;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of traces on the wire. */
record TracesResponse(
    List<TraceBody> traces,
    @Nullable String cursor,
    FreshnessBody freshness,
    boolean partial,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {

  record TraceBody(
      String traceId,
      String rootService,
      String rootOperation,
      Instant start,
      long durationNanos,
      int spanCount,
      int errorCount,
      List<String> services) {}

  static TracesResponse of(TraceQueries.Page page) {
    return new TracesResponse(
        page.traces().stream()
            .map(
                trace ->
                    new TraceBody(
                        trace.id().hex(),
                        trace.rootService(),
                        trace.rootOperation(),
                        TraceResponse.instant(trace.startNanos()),
                        trace.durationNanos(),
                        trace.spanCount(),
                        trace.errorCount(),
                        List.copyOf(trace.services())))
            .toList(),
        page.cursor(),
        FreshnessBody.of(page.completeness()),
        page.completeness().partial(),
        page.completeness().missing());
  }
}

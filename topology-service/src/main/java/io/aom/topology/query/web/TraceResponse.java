package io.aom.topology.query.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.topology.query.TraceQueries;
import io.aom.topology.span.Span;
import io.aom.topology.span.SpanKind;
import io.aom.topology.span.SpanStatus;
import io.aom.topology.span.TraceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A trace on the wire. */
record TraceResponse(
    String traceId,
    List<SpanBody> spans,
    boolean partial,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {

  /**
   * @param startUnixNano epoch nanoseconds as text, which JavaScript's numbers cannot hold
   */
  record SpanBody(
      String spanId,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String parentSpanId,
      String service,
      String operation,
      SpanKind kind,
      Instant start,
      String startUnixNano,
      long durationNanos,
      SpanStatus status,
      String statusMessage,
      Map<String, Object> attributes,
      Map<String, Object> resource,
      List<EventBody> events,
      List<LinkBody> links) {}

  record EventBody(Instant time, String name, Map<String, Object> attributes) {}

  record LinkBody(String traceId, String spanId, Map<String, Object> attributes) {}

  static TraceResponse of(TraceQueries.Trace trace) {
    return new TraceResponse(
        trace.id().hex(),
        trace.spans().stream().map(TraceResponse::span).toList(),
        trace.partial(),
        trace.missing());
  }

  private static SpanBody span(Span span) {
    return new SpanBody(
        TraceId.hex(span.spanId()),
        span.parentId() == 0 ? null : TraceId.hex(span.parentId()),
        span.service().id(),
        span.operation(),
        span.kind(),
        instant(span.startNanos()),
        Long.toString(span.startNanos()),
        span.durationNanos(),
        span.status(),
        span.statusMessage(),
        span.attributes(),
        span.resource(),
        span.events().stream()
            .map(
                event ->
                    new EventBody(instant(event.timeNanos()), event.name(), event.attributes()))
            .toList(),
        span.links().stream()
            .map(link -> new LinkBody(link.traceId(), link.spanId(), link.attributes()))
            .toList());
  }

  static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(
        Long.divideUnsigned(epochNanos, 1_000_000_000),
        Long.remainderUnsigned(epochNanos, 1_000_000_000));
  }
}

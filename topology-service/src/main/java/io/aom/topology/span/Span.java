package io.aom.topology.span;

import java.util.List;
import java.util.Map;

/**
 * A span with everything its sender said, for showing. Attribute values are text, {@link Long},
 * {@link Double}, {@link Boolean}, lists and maps of these; bytes are Base64 text.
 *
 * @param parentId 0 if the span is a root
 * @param startNanos epoch nanoseconds
 */
public record Span(
    TraceId traceId,
    long spanId,
    long parentId,
    ServiceName service,
    String operation,
    SpanKind kind,
    long startNanos,
    long durationNanos,
    SpanStatus status,
    String statusMessage,
    Map<String, Object> attributes,
    Map<String, Object> resource,
    List<Event> events,
    List<Link> links) {

  /** Something that happened during the span, at {@code timeNanos} since the epoch. */
  public record Event(long timeNanos, String name, Map<String, Object> attributes) {}

  /** Another span this one has to do with; ids are hex as its sender gave them. */
  public record Link(String traceId, String spanId, Map<String, Object> attributes) {}
}

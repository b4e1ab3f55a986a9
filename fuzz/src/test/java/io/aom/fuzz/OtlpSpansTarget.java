package io.aom.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.otlp.RecordSplit;
import io.aom.ingest.otlp.SpanSplitter;
import io.aom.topology.head.SpanSegment;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;

/** OTLP spans in protobuf. */
final class OtlpSpansTarget extends RecordSplitTarget {
  private final SpanSplitter splitter = new SpanSplitter(PARTITIONS, LIMITS);

  @Override
  public List<byte[]> seeds() {
    ScopeSpans.Builder spans = ScopeSpans.newBuilder();
    for (int i = 0; i < 3; i++) {
      spans.addSpans(
          Span.newBuilder()
              .setTraceId(
                  ByteString.copyFrom(
                      new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3, (byte) i}))
              .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) i}))
              .setName("GET /a")
              .setStartTimeUnixNano(NOW * 1_000_000)
              .setEndTimeUnixNano(NOW * 1_000_000 + 5)
              .addAttributes(OtlpLogsTarget.attribute("http.route", "/a"))
              .addEvents(Span.Event.newBuilder().setName("exception")));
    }
    return List.of(
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .setResource(OtlpLogsTarget.resource())
                    .addScopeSpans(spans))
            .build()
            .toByteArray());
  }

  @Override
  Outcome split(byte[] input) {
    RecordSplit split = splitter.split(input, 0, input.length, NOW);
    return new Outcome(split.slices(), split.refusals());
  }

  @Override
  Placed placed(byte[] request) throws InvalidProtocolBufferException {
    ExportTraceServiceRequest parsed = ExportTraceServiceRequest.parseFrom(request);
    Placed placed = new Placed();
    for (ResourceSpans resource : parsed.getResourceSpansList()) {
      ByteString outer = resource.toBuilder().clearScopeSpans().build().toByteString();
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        ByteString inner = scope.toBuilder().clearSpans().build().toByteString();
        for (Span span : scope.getSpansList()) {
          placed.add(outer, inner, shown(span));
        }
      }
    }
    return placed;
  }

  /** A span as it comes out: further attributes than may be are counted and left out. */
  private static ByteString shown(Span span) {
    int most = LIMITS.attributesPerRecord();
    if (span.getAttributesCount() <= most) {
      return span.toByteString();
    }
    int dropped = span.getAttributesCount() - most + span.getDroppedAttributesCount();
    return span.toBuilder()
        .clearAttributes()
        .addAllAttributes(span.getAttributesList().subList(0, most))
        .setDroppedAttributesCount(dropped)
        .build()
        .toByteString();
  }

  @Override
  void readable(Slice slice) {
    parsed(slice.value());
    inHead(new SpanSegment(), slice);
  }
}

package io.aom.fuzz;

import com.google.protobuf.ByteString;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.otlp.SpanSplitter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;

/** OTLP spans in protobuf. */
final class OtlpSpansTarget extends SplitTarget {
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
  List<Slice> split(byte[] input) {
    return splitter.split(input, 0, input.length, NOW).slices();
  }

  @Override
  void readable(Slice slice) {
    parsed(slice.value());
  }
}

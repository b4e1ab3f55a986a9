package io.aom.fuzz;

import com.google.protobuf.ByteString;
import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.topology.block.SpanBlockFormat;
import io.aom.topology.block.SpanColumns;
import io.aom.topology.block.SpanPart;
import io.aom.topology.head.SpanSegment;
import io.aom.topology.span.RawSpan;
import io.aom.topology.span.Span;
import io.aom.topology.span.SpanDecoder;
import io.aom.topology.span.SpanTable;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Kafka record of spans is refused as malformed, as if it had not been there, or its spans are in
 * the head and the same in the block that the head becomes.
 */
final class SpanRecordTarget implements Target {
  private static final SpanBlockFormat FORMAT = new SpanBlockFormat();
  private static final byte[] KNOWN = new OtlpSpansTarget().seeds().getFirst();

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>(new OtlpSpansTarget().seeds());
    ByteString trace = ByteString.copyFromUtf8("0123456789abcdef");
    io.opentelemetry.proto.trace.v1.Span.Builder call =
        io.opentelemetry.proto.trace.v1.Span.newBuilder()
            .setTraceId(trace)
            .setStartTimeUnixNano(SplitTarget.NOW * 1_000_000)
            .setEndTimeUnixNano(SplitTarget.NOW * 1_000_000 + 1_000_000)
            .setName("SELECT");
    seeds.add(
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .setResource(OtlpLogsTarget.resource())
                    .addScopeSpans(
                        ScopeSpans.newBuilder()
                            .addSpans(
                                call.setSpanId(ByteString.copyFromUtf8("aaaaaaaa"))
                                    .setKindValue(2)
                                    .setStatus(Status.newBuilder().setCodeValue(2)))
                            .addSpans(
                                call.setSpanId(ByteString.copyFromUtf8("bbbbbbbb"))
                                    .setParentSpanId(ByteString.copyFromUtf8("aaaaaaaa"))
                                    .setKindValue(3)
                                    .addAttributes(
                                        OtlpLogsTarget.attribute("db.system", "postgresql"))
                                    .addLinks(
                                        io.opentelemetry.proto.trace.v1.Span.Link.newBuilder()
                                            .setTraceId(trace)))))
            .build()
            .toByteArray());
    return seeds;
  }

  /** A segment and a compressor of its own for each input. */
  @Override
  public long mostAllocated() {
    return 32 << 20;
  }

  @Override
  public void check(byte[] input) {
    SpanSegment segment = FORMAT.newSegment(0);
    boolean taken =
        Checks.taken(MalformedRecordException.class, () -> segment.append(record(input)));
    if (!taken) {
      Checks.same(0L, segment.rows());
    }
    Checks.taken(MalformedRecordException.class, () -> segment.append(record(KNOWN)));
    SpanTable table = segment.table();
    Map<Span, Integer> spans = new HashMap<>();
    for (int row = 0; row < table.size(); row++) {
      spans.merge(SpanDecoder.decode(table.raw(row)), 1, Integer::sum);
    }
    segment.view().graph(SplitTarget.TENANT);
    for (BlockPart part : FORMAT.seal(segment)) {
      SpanPart stored = new SpanPart(part.columns());
      for (RawSpan raw : stored.raw(part.columns().get(SpanColumns.DETAIL), row -> true)) {
        spans.merge(SpanDecoder.decode(raw), -1, Integer::sum);
      }
    }
    spans.values().removeIf(count -> count == 0);
    Checks.same(Map.of(), spans);
  }

  private static HeadRecord record(byte[] value) {
    return new HeadRecord(SplitTarget.TENANT, value, -1, SplitTarget.NOW, 7);
  }
}

package io.aom.fuzz;

import com.google.protobuf.ByteString;
import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.logs.block.LogBlockFormat;
import io.aom.logs.block.LogPart;
import io.aom.logs.head.HeadRows;
import io.aom.logs.head.LogSegment;
import io.aom.logs.row.ByteSlice;
import io.aom.logs.row.RowView;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A Kafka record of logs is refused as malformed, as if it had not been there, or its rows are in
 * the head and the same in the block that the head becomes.
 */
final class LogRecordTarget implements Target {
  private static final LogBlockFormat FORMAT = new LogBlockFormat();
  private static final byte[] KNOWN = new OtlpLogsTarget().seeds().getFirst();

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>(new OtlpLogsTarget().seeds());
    LogRecord odd =
        LogRecord.newBuilder()
            .setObservedTimeUnixNano(SplitTarget.NOW * 1_000_000)
            .setSeverityText("Warning")
            .setFlags(1)
            .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
            .setSpanId(ByteString.copyFromUtf8("01234567"))
            .setBody(
                AnyValue.newBuilder()
                    .setArrayValue(
                        ArrayValue.newBuilder()
                            .addValues(AnyValue.newBuilder().setDoubleValue(0.5))
                            .addValues(AnyValue.newBuilder().setBoolValue(true))))
            .build();
    seeds.add(
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(
                ResourceLogs.newBuilder()
                    .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(odd).addLogRecords(odd)))
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
    LogSegment segment = FORMAT.newSegment(0);
    boolean taken =
        Checks.taken(MalformedRecordException.class, () -> segment.append(record(input, 7)));
    if (!taken) {
      Checks.same(0L, segment.rows());
    }
    Checks.taken(MalformedRecordException.class, () -> segment.append(record(KNOWN, 8)));
    HeadRows head = segment.snapshot();
    Map<String, Integer> rows = new HashMap<>();
    for (int row = 0; row < head.rows(); row++) {
      head.moveTo(row);
      rows.merge(text(head), 1, Integer::sum);
    }
    for (BlockPart part : FORMAT.seal(segment)) {
      LogPart stored = new LogPart(part.rows(), part.columns());
      for (int row = 0; row < part.rows(); row++) {
        stored.moveTo(row);
        rows.merge(text(stored), -1, Integer::sum);
      }
    }
    rows.values().removeIf(count -> count == 0);
    Checks.same(Map.of(), rows);
  }

  private static HeadRecord record(byte[] value, long offset) {
    return new HeadRecord(SplitTarget.TENANT, value, -1, SplitTarget.NOW, offset);
  }

  private static String text(RowView row) {
    StringBuilder text = new StringBuilder();
    text.append(row.timeNanos()).append(' ').append(row.observedNanos()).append(' ');
    text.append(row.severityNumber()).append(' ').append(row.flags()).append(' ');
    text.append(row.offset()).append(' ').append(row.ordinal()).append(' ');
    text.append(row.resource().values().keySet()).append(row.scope().values().keySet());
    ByteSlice slice = new ByteSlice();
    row.severityText(slice);
    text.append(slice).append('|');
    row.body(slice);
    text.append(slice).append('|');
    row.traceId(slice);
    text.append(HexFormat.of().formatHex(slice.bytes(), slice.from(), slice.to()));
    row.spanId(slice);
    text.append(HexFormat.of().formatHex(slice.bytes(), slice.from(), slice.to()));
    return text.toString();
  }
}

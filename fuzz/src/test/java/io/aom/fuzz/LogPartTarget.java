package io.aom.fuzz;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.logs.block.CorruptColumnException;
import io.aom.logs.block.LogBlockFormat;
import io.aom.logs.block.LogPart;
import io.aom.logs.head.LogSegment;
import io.aom.logs.row.ByteSlice;
import io.aom.logs.row.RowView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Columns of a block of logs, with right checksums, are rows or corrupt. The first two bytes are
 * how many rows the block is said to have.
 */
final class LogPartTarget implements Target {
  private static final int READ = 8;
  private static final LogBlockFormat FORMAT = new LogBlockFormat();

  /** A column's content may be so large, if its frame unfolds to that. */
  @Override
  public long mostAllocated() {
    return 280 << 20;
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (byte[] request : new LogRecordTarget().seeds()) {
      LogSegment segment = FORMAT.newSegment(0);
      try {
        segment.append(new HeadRecord(SplitTarget.TENANT, request, -1, SplitTarget.NOW, 7));
      } catch (MalformedRecordException e) {
        throw new IllegalStateException(e);
      }
      for (BlockPart part : FORMAT.seal(segment)) {
        byte[] columns = Columns.join(FORMAT.columns(), part.columns());
        byte[] seed = new byte[2 + columns.length];
        seed[0] = (byte) (part.rows() >>> 8);
        seed[1] = (byte) part.rows();
        System.arraycopy(columns, 0, seed, 2, columns.length);
        seeds.add(seed);
      }
    }
    return seeds;
  }

  @Override
  public void check(byte[] input) {
    if (input.length < 2) {
      return;
    }
    int rows = (input[0] & 0xFF) << 8 | input[1] & 0xFF;
    Map<String, byte[]> columns = Columns.of(FORMAT.columns(), input, 2);
    LogPart part = new LogPart(rows, columns);
    for (String column : columns.keySet()) {
      if (column.equals(LogPart.STATS)) {
        Checks.taken(
            CorruptColumnException.class, () -> part.stats((minute, severity, count) -> {}));
        continue;
      }
      for (int row = 0; row < Math.min(rows, READ); row++) {
        part.moveTo(row);
        if (!Checks.taken(CorruptColumnException.class, () -> read(part, column))) {
          break;
        }
      }
    }
  }

  private static void read(RowView part, String column) {
    ByteSlice slice = new ByteSlice();
    switch (column) {
      case "time" -> part.timeNanos();
      case "observed" -> part.observedNanos();
      case "severity" -> {
        part.severityNumber();
        part.severityText(slice);
      }
      case "resource" -> part.resource().texts();
      case "scope" -> part.scope().texts();
      case "body" -> part.body(slice);
      case "attributes" -> part.attributes(slice);
      case "trace" -> {
        part.traceId(slice);
        part.spanId(slice);
        part.flags();
      }
      case "origin" -> {
        part.offset();
        part.ordinal();
      }
      default -> throw new AssertionError("column: " + column + " (expected: one of a part)");
    }
    // What a slice points at is there.
    slice.toString();
  }
}

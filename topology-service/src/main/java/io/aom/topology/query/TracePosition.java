package io.aom.topology.query;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.span.TraceId;
import java.util.Base64;

/**
 * Where a trace, as far as one part or segment knows it, stands in a list. Ordered newest first.
 *
 * @param startNanos epoch nanoseconds of its first span there
 */
record TracePosition(long startNanos, TraceId id) implements Comparable<TracePosition> {
  private static final int VERSION = 1;

  @Override
  public int compareTo(TracePosition other) {
    int byStart = Long.compare(other.startNanos, startNanos);
    return byStart != 0 ? byStart : id.compareTo(other.id);
  }

  void write(ColumnWriter out) {
    out.i64(startNanos).i64(id.high()).i64(id.low());
  }

  static TracePosition read(ColumnReader in) {
    return new TracePosition(in.i64(), new TraceId(in.i64(), in.i64()));
  }

  /** Opaque text for the caller, who gives it back to go on from here. */
  String cursor() {
    ColumnWriter out = new ColumnWriter(VERSION, 32);
    write(out);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.finish());
  }

  static TracePosition ofCursor(String cursor) {
    try {
      ColumnReader in = ColumnReader.of("cursor", Base64.getUrlDecoder().decode(cursor), VERSION);
      TracePosition position = read(in);
      in.end();
      return position;
    } catch (IllegalArgumentException e) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "cursor: not one of ours (expected: what an answer gave)");
    }
  }
}

package io.aom.topology.query;

import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one part or segment knows of a trace. Pieces of a trace add up to it.
 *
 * @param position of this piece; of a sum, of its first
 * @param endNanos when the last span ended, epoch nanoseconds
 * @param matched whether a span of the piece has what the filter asks
 * @param rooted whether {@code rootService} and {@code rootOperation} are of a span without parent;
 *     else they are of the earliest span
 */
record TracePiece(
    TracePosition position,
    long endNanos,
    boolean matched,
    boolean rooted,
    long rootStartNanos,
    String rootService,
    String rootOperation,
    int spanCount,
    int errorCount,
    SortedSet<String> services) {

  long durationNanos() {
    return Math.max(0, endNanos - position.startNanos());
  }

  TracePiece plus(TracePiece other) {
    boolean mine = rooted == other.rooted ? rootStartNanos <= other.rootStartNanos : rooted;
    TracePiece root = mine ? this : other;
    SortedSet<String> all = new TreeSet<>(services);
    all.addAll(other.services);
    return new TracePiece(
        position.compareTo(other.position) > 0 ? position : other.position,
        Math.max(endNanos, other.endNanos),
        matched || other.matched,
        root.rooted,
        root.rootStartNanos,
        root.rootService,
        root.rootOperation,
        spanCount + other.spanCount,
        errorCount + other.errorCount,
        all);
  }

  void write(ColumnWriter out) {
    position.write(out);
    out.i64(endNanos).u8((matched ? 1 : 0) | (rooted ? 2 : 0)).i64(rootStartNanos);
    out.text(rootService).text(rootOperation).varint(spanCount).varint(errorCount);
    out.varint(services.size());
    services.forEach(out::text);
  }

  static TracePiece read(ColumnReader in) {
    TracePosition position = TracePosition.read(in);
    long end = in.i64();
    int flags = in.u8();
    long rootStart = in.i64();
    String service = in.text();
    String operation = in.text();
    int spans = (int) in.varint();
    int errors = (int) in.varint();
    SortedSet<String> services = new TreeSet<>();
    for (int left = in.count(); left > 0; left--) {
      services.add(in.text());
    }
    return new TracePiece(
        position,
        end,
        (flags & 1) != 0,
        (flags & 2) != 0,
        rootStart,
        service,
        operation,
        spans,
        errors,
        services);
  }
}

package io.aom.topology.query;

import io.aom.telemetry.TenantId;
import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import org.jspecify.annotations.Nullable;

/**
 * A search for the newest traces.
 *
 * @param startMillis traces that begin in {@code [startMillis, endMillis)}
 * @param after only traces that stand behind this; null for all
 * @param limit how many at most
 */
record SearchQuestion(
    TenantId tenant,
    long startMillis,
    long endMillis,
    TraceFilter filter,
    @Nullable TracePosition after,
    int limit) {

  boolean window(long startNanos) {
    long millis = startNanos / 1_000_000;
    return millis >= startMillis && millis < endMillis;
  }

  boolean after(TracePosition position) {
    return after == null || position.compareTo(after) > 0;
  }

  void write(ColumnWriter out) {
    out.text(tenant.value()).i64(startMillis).i64(endMillis).varint(limit);
    filter.write(out);
    if (after == null) {
      out.u8(0);
    } else {
      out.u8(1);
      after.write(out);
    }
  }

  static SearchQuestion read(ColumnReader in) {
    TenantId tenant = new TenantId(in.text());
    long start = in.i64();
    long end = in.i64();
    int limit = in.below(Integer.MAX_VALUE);
    TraceFilter filter = TraceFilter.read(in);
    TracePosition after = in.u8() == 0 ? null : TracePosition.read(in);
    return new SearchQuestion(tenant, start, end, filter, after, limit);
  }
}

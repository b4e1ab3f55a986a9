package io.aom.topology.graph;

import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.span.ServiceName;
import io.aom.topology.span.SpanKind;
import io.aom.topology.span.SpanTable;
import java.util.Map;

/**
 * The column {@code red}: calls, errors and durations by service, operation, kind and minute. Its
 * bytes are described in {@code docs/format/span-block.md}. A span delivered twice counts once.
 */
public final class RedColumn {
  public static final String NAME = "red";
  private static final int VERSION = 1;

  private RedColumn() {}

  /** Writes the spans {@code rows[from, to)}. */
  public static byte[] write(SpanTable spans, Calls calls, int[] rows, int from, int to) {
    LongIntMap services = new LongIntMap(64);
    LongIntMap operations = new LongIntMap(256);
    LongIntMap keys = new LongIntMap(256);
    MinuteStatsBuilder stats = new MinuteStatsBuilder(to - from);
    for (int at = from; at < to; at++) {
      int row = rows[at];
      if (!calls.duplicate(row)) {
        long service = services.intern(spans.service(row));
        long operation = operations.intern(spans.operation(row));
        long key = service << 32 | operation << 3 | (spans.kindAndStatus(row) & 7);
        boolean error = spans.kindAndStatus(row) >> 4 == 2;
        stats.add(keys.intern(key), spans.startNanos(row), spans.durationNanos(row), error);
      }
    }
    ColumnWriter out = new ColumnWriter(VERSION, 4096);
    out.varint(services.size());
    for (int i = 0; i < services.size(); i++) {
      ServiceName service = spans.serviceName((int) services.key(i));
      out.text(service.namespace()).text(service.name());
    }
    out.varint(operations.size());
    for (int i = 0; i < operations.size(); i++) {
      out.text(spans.operationName((int) operations.key(i)));
    }
    out.varint(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      long key = keys.key(i);
      out.varint(key >>> 32).varint((key & 0xFFFF_FFFFL) >>> 3).u8((int) key & 7);
    }
    stats.write(out);
    return out.finish();
  }

  /**
   * Adds to {@code totals}, by service, what services took in (server and consumer spans) in the
   * minutes that overlap {@code [startMillis, endMillis)}. A service that took in nothing, but had
   * spans, is there with no calls.
   */
  public static void addServices(
      byte[] column, long startMillis, long endMillis, Map<ServiceName, CallStats> totals) {
    ColumnReader in = ColumnReader.of(NAME, column, VERSION);
    ServiceName[] services = new ServiceName[in.count()];
    for (int i = 0; i < services.length; i++) {
      services[i] = new ServiceName(in.text(), in.text());
    }
    int operations = in.count();
    for (int i = 0; i < operations; i++) {
      in.skip(in.count());
    }
    int[] keyService = new int[in.count()];
    boolean[] keyEntry = new boolean[keyService.length];
    for (int i = 0; i < keyService.length; i++) {
      keyService[i] = in.below(services.length);
      in.below(operations);
      keyEntry[i] = SpanKind.of(in.u8()).entry();
    }
    MinuteStats rows = new MinuteStats(in, keyService.length);
    while (rows.next()) {
      if (rows.within(startMillis, endMillis)) {
        CallStats stats =
            totals.computeIfAbsent(services[keyService[rows.key()]], _ -> new CallStats());
        if (keyEntry[rows.key()]) {
          rows.addTo(stats);
        }
      }
    }
    in.end();
  }
}

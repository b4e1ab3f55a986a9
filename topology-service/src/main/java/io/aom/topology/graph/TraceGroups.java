package io.aom.topology.graph;

import io.aom.topology.span.ByteHash;
import io.aom.topology.span.SpanRows;
import io.aom.topology.span.SpanTable;
import java.util.Arrays;

/**
 * Rows by trace. Traces are numbered in the order in which they first came, and so are a trace's
 * rows. A trace is one of one tenant. Immutable.
 */
public final class TraceGroups {
  private final int[] rows;
  private final int[] from;

  private TraceGroups(int[] rows, int[] from) {
    this.rows = rows;
    this.from = from;
  }

  public static TraceGroups of(SpanTable table) {
    int size = table.size();
    int[] traceOf = new int[size];
    int[] firstRow = new int[Math.max(16, size / 4)];
    int[] slots = new int[Integer.highestOneBit(Math.max(16, size)) * 2];
    int traces = 0;
    int mask = slots.length - 1;
    for (int row = 0; row < size; row++) {
      int slot = ByteHash.of(table.traceHigh(row), table.traceLow(row)) & mask;
      int trace = -1;
      for (int entry = slots[slot]; entry != 0; entry = slots[slot]) {
        if (sameTrace(table, firstRow[entry - 1], row)) {
          trace = entry - 1;
          break;
        }
        slot = (slot + 1) & mask;
      }
      if (trace < 0) {
        if (traces == firstRow.length) {
          firstRow = Arrays.copyOf(firstRow, traces * 2);
        }
        firstRow[traces++] = row;
        slots[slot] = traces;
        trace = traces - 1;
      }
      traceOf[row] = trace;
    }
    return of(traceOf, traces);
  }

  private static boolean sameTrace(SpanTable table, int a, int b) {
    return table.traceLow(a) == table.traceLow(b)
        && table.traceHigh(a) == table.traceHigh(b)
        && table.tenant(a) == table.tenant(b);
  }

  private static TraceGroups of(int[] traceOf, int traces) {
    int[] from = new int[traces + 1];
    for (int trace : traceOf) {
      from[trace + 1]++;
    }
    for (int trace = 0; trace < traces; trace++) {
      from[trace + 1] += from[trace];
    }
    int[] next = Arrays.copyOf(from, traces);
    int[] rows = new int[traceOf.length];
    for (int row = 0; row < traceOf.length; row++) {
      rows[next[traceOf[row]]++] = row;
    }
    return new TraceGroups(rows, from);
  }

  /** Groups of rows that lie together already: trace {@code i} has {@code sizes[i]} of them. */
  public static TraceGroups adjacent(int[] sizes) {
    int[] from = new int[sizes.length + 1];
    for (int i = 0; i < sizes.length; i++) {
      from[i + 1] = from[i] + sizes[i];
    }
    int[] rows = new int[from[sizes.length]];
    Arrays.setAll(rows, i -> i);
    return new TraceGroups(rows, from);
  }

  public int traces() {
    return from.length - 1;
  }

  /** Positions of a trace's rows are {@code [from(trace), from(trace + 1))}. */
  public int from(int trace) {
    return from[trace];
  }

  public int rowAt(int position) {
    return rows[position];
  }

  /** Epoch nanoseconds of the trace's first span. */
  public long startNanos(SpanRows spans, int trace) {
    long start = Long.MAX_VALUE;
    for (int at = from[trace]; at < from[trace + 1]; at++) {
      start = Math.min(start, spans.startNanos(rows[at]));
    }
    return start;
  }
}

package io.aom.topology.block;

import io.aom.topology.graph.TraceGroups;
import io.aom.topology.span.SpanTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * How a table is cut into parts: by tenant and day, traces in the order of their first span, a
 * trace's spans together and in the order of their start. Only a trace that is itself larger than a
 * part, or that runs over midnight, is divided.
 */
final class SpanParts {
  /** A part is closed when it has this many spans. */
  static final int MAX_ROWS = 8192;

  /** And before it would have more than this many bytes of OTLP. */
  static final long MAX_BYTES = 8L << 20;

  private static final long DAY_NANOS = 86_400_000_000_000L;

  /**
   * Spans of one trace within one part.
   *
   * @param rows their rows in the table, in the order of their start
   */
  record Run(int tenant, long day, long traceHigh, long traceLow, long startNanos, int[] rows) {}

  private static final Comparator<Run> ORDER =
      Comparator.comparingInt(Run::tenant)
          .thenComparingLong(Run::day)
          .thenComparingLong(Run::startNanos)
          .thenComparingLong(Run::traceHigh)
          .thenComparingLong(Run::traceLow);

  private SpanParts() {}

  /** The parts, each as its runs. */
  static List<List<Run>> cut(SpanTable spans, TraceGroups groups) {
    List<Run> runs = new ArrayList<>(groups.traces());
    for (int trace = 0; trace < groups.traces(); trace++) {
      addRuns(spans, groups, trace, runs);
    }
    runs.sort(ORDER);
    List<List<Run>> parts = new ArrayList<>();
    List<Run> part = new ArrayList<>();
    int rows = 0;
    long bytes = 0;
    for (Run run : runs) {
      long runBytes = bytes(spans, run);
      boolean fits = rows + run.rows.length <= MAX_ROWS && bytes + runBytes <= MAX_BYTES;
      if (!part.isEmpty() && !(fits && sameDay(part.getFirst(), run))) {
        parts.add(part);
        part = new ArrayList<>();
        rows = 0;
        bytes = 0;
      }
      part.add(run);
      rows += run.rows.length;
      bytes += runBytes;
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  private static boolean sameDay(Run a, Run b) {
    return a.tenant == b.tenant && a.day == b.day;
  }

  private static long bytes(SpanTable spans, Run run) {
    long bytes = 0;
    for (int row : run.rows) {
      bytes += spans.length(row);
    }
    return bytes;
  }

  private static void addRuns(SpanTable spans, TraceGroups groups, int trace, List<Run> runs) {
    int[] rows = new int[groups.from(trace + 1) - groups.from(trace)];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = groups.rowAt(groups.from(trace) + i);
    }
    sortByStart(spans, rows);
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < rows.length; i++) {
      boolean first = i == from;
      if (!first
          && (day(spans, rows[i]) != day(spans, rows[from])
              || i - from == MAX_ROWS
              || bytes + spans.length(rows[i]) > MAX_BYTES)) {
        runs.add(run(spans, rows, from, i));
        from = i;
        bytes = 0;
      }
      bytes += spans.length(rows[i]);
    }
    runs.add(run(spans, rows, from, rows.length));
  }

  private static Run run(SpanTable spans, int[] rows, int from, int to) {
    int first = rows[from];
    return new Run(
        spans.tenant(first),
        day(spans, first),
        spans.traceHigh(first),
        spans.traceLow(first),
        spans.startNanos(first),
        from == 0 && to == rows.length ? rows : Arrays.copyOfRange(rows, from, to));
  }

  private static long day(SpanTable spans, int row) {
    return spans.startNanos(row) / DAY_NANOS;
  }

  private static void sortByStart(SpanTable spans, int[] rows) {
    if (rows.length > 64) {
      int[] sorted =
          Arrays.stream(rows)
              .boxed()
              .sorted(Comparator.comparingLong(spans::startNanos))
              .mapToInt(Integer::intValue)
              .toArray();
      System.arraycopy(sorted, 0, rows, 0, rows.length);
      return;
    }
    for (int i = 1; i < rows.length; i++) {
      int row = rows[i];
      long start = spans.startNanos(row);
      int at = i;
      for (; at > 0 && spans.startNanos(rows[at - 1]) > start; at--) {
        rows[at] = rows[at - 1];
      }
      rows[at] = row;
    }
  }
}

package io.aom.topology.block;

import io.aom.topology.graph.TraceGroups;
import io.aom.topology.span.SpanTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
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

  /** And before it would have more than this many bytes of OTLP, each resource and scope once. */
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

  /** Bytes of OTLP that rows take together in one part. */
  private static final class Content {
    private final SpanTable spans;
    private final BitSet resources = new BitSet();
    private final BitSet scopes = new BitSet();
    private long bytes;

    Content(SpanTable spans) {
      this.spans = spans;
    }

    long plus(int... rows) {
      for (int row : rows) {
        bytes += spans.length(row);
        int resource = spans.resource(row);
        if (!resources.get(resource)) {
          resources.set(resource);
          bytes += spans.resourceLength(resource);
        }
        int scope = spans.scope(row);
        if (!scopes.get(scope)) {
          scopes.set(scope);
          bytes += spans.scopeLength(scope);
        }
      }
      return bytes;
    }

    void clear() {
      resources.clear();
      scopes.clear();
      bytes = 0;
    }
  }

  /** The parts, each as its runs. */
  static List<List<Run>> cut(SpanTable spans, TraceGroups groups) {
    List<Run> runs = new ArrayList<>(groups.traces());
    Content content = new Content(spans);
    for (int trace = 0; trace < groups.traces(); trace++) {
      addRuns(spans, groups, trace, content, runs);
    }
    runs.sort(ORDER);
    List<List<Run>> parts = new ArrayList<>();
    List<Run> part = new ArrayList<>();
    int rows = 0;
    content.clear();
    for (Run run : runs) {
      if (!part.isEmpty()
          && !(sameDay(part.getFirst(), run)
              && rows + run.rows.length <= MAX_ROWS
              && content.plus(run.rows) <= MAX_BYTES)) {
        parts.add(part);
        part = new ArrayList<>();
        rows = 0;
        content.clear();
      }
      if (part.isEmpty()) {
        content.plus(run.rows);
      }
      part.add(run);
      rows += run.rows.length;
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  private static boolean sameDay(Run a, Run b) {
    return a.tenant == b.tenant && a.day == b.day;
  }

  private static void addRuns(
      SpanTable spans, TraceGroups groups, int trace, Content content, List<Run> runs) {
    int[] rows = new int[groups.from(trace + 1) - groups.from(trace)];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = groups.rowAt(groups.from(trace) + i);
    }
    sortByStart(spans, rows);
    int from = 0;
    content.clear();
    for (int i = 0; i < rows.length; i++) {
      if ((content.plus(rows[i]) > MAX_BYTES && i > from)
          || day(spans, rows[i]) != day(spans, rows[from])
          || i - from == MAX_ROWS) {
        runs.add(run(spans, rows, from, i));
        from = i;
        content.clear();
        content.plus(rows[i]);
      }
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

package io.aom.topology.query;

import io.aom.topology.graph.TraceGroups;
import io.aom.topology.query.TraceFilter.SpanTest;
import io.aom.topology.span.SpanKind;
import io.aom.topology.span.SpanRows;
import io.aom.topology.span.SpanStatus;
import io.aom.topology.span.TraceId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/** Looks through rows, of a head or of a block, for traces. */
final class TraceScan {
  /** A client and a server may share an id; the same of both is the same span again. */
  private record SpanKey(long id, SpanKind kind) {}

  private TraceScan() {}

  /**
   * Puts into {@code found} where the traces that the question is for stand, and keeps of them as
   * many as it asks for.
   *
   * @param visible whether a row may be seen: that it is of the tenant
   */
  static void candidates(
      SpanRows spans,
      TraceGroups groups,
      IntPredicate visible,
      SearchQuestion question,
      TopPositions found) {
    SpanTest test = question.filter().on(spans);
    for (int trace = 0; trace < groups.traces(); trace++) {
      int first = groups.rowAt(groups.from(trace));
      if (!visible.test(first)) {
        continue;
      }
      long start = groups.startNanos(spans, trace);
      if (!question.window(start) || !found.wants(start)) {
        continue;
      }
      boolean matched = false;
      long end = start;
      for (int at = groups.from(trace); at < groups.from(trace + 1); at++) {
        int row = groups.rowAt(at);
        matched |= test.test(row);
        end = Math.max(end, spans.startNanos(row) + spans.durationNanos(row));
      }
      if (matched && question.filter().lasts(end - start)) {
        TracePosition position = new TracePosition(start, spans.traceId(first));
        if (question.after(position)) {
          found.add(position);
        }
      }
    }
  }

  /** Adds to {@code pieces} the traces that {@code wanted} names. */
  static void pieces(
      SpanRows spans,
      TraceGroups groups,
      IntPredicate visible,
      Set<TraceId> wanted,
      TraceFilter filter,
      List<TracePiece> pieces) {
    SpanTest test = filter.on(spans);
    for (int trace = 0; trace < groups.traces(); trace++) {
      int first = groups.rowAt(groups.from(trace));
      if (visible.test(first) && wanted.contains(spans.traceId(first))) {
        pieces.add(piece(spans, groups, trace, test));
      }
    }
  }

  private static TracePiece piece(SpanRows spans, TraceGroups groups, int trace, SpanTest test) {
    Set<SpanKey> seen = new HashSet<>();
    SortedSet<String> services = new TreeSet<>();
    long start = Long.MAX_VALUE;
    long end = 0;
    boolean matched = false;
    int root = -1;
    int count = 0;
    int errors = 0;
    for (int at = groups.from(trace); at < groups.from(trace + 1); at++) {
      int row = groups.rowAt(at);
      if (!seen.add(new SpanKey(spans.spanId(row), spans.kind(row)))) {
        continue;
      }
      count++;
      errors += spans.status(row) == SpanStatus.ERROR ? 1 : 0;
      matched |= test.test(row);
      services.add(spans.serviceName(spans.service(row)).id());
      start = Math.min(start, spans.startNanos(row));
      end = Math.max(end, spans.startNanos(row) + spans.durationNanos(row));
      if (root < 0 || rootBefore(spans, row, root)) {
        root = row;
      }
    }
    return new TracePiece(
        new TracePosition(start, spans.traceId(root)),
        end,
        matched,
        spans.parentId(root) == 0,
        spans.startNanos(root),
        spans.serviceName(spans.service(root)).id(),
        spans.operationName(spans.operation(root)),
        count,
        errors,
        services);
  }

  private static boolean rootBefore(SpanRows spans, int row, int other) {
    boolean rooted = spans.parentId(row) == 0;
    return rooted == (spans.parentId(other) == 0)
        ? spans.startNanos(row) < spans.startNanos(other)
        : rooted;
  }
}

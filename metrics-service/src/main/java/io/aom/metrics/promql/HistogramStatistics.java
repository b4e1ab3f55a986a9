package io.aom.metrics.promql;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Finds the selectors of whose histograms only counts and sums are wanted, as in {@code
 * histogram_count(rate(m[5m]))}. Prometheus reads these without their buckets; a hint by comparison
 * with the histogram before then says of restarts what buckets would have said.
 */
final class HistogramStatistics {
  private final Set<Expr.VectorSelector> found = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Deque<Part> next = new ArrayDeque<>();

  /**
   * A part that is still to be looked at.
   *
   * @param summed whether a function around takes nothing but counts and sums
   * @param needed whether something around needs buckets nevertheless
   */
  private record Part(Expr expr, boolean summed, boolean needed) {}

  private HistogramStatistics() {}

  /** By identity, not by content. */
  static Set<Expr.VectorSelector> selectors(Expr query) {
    HistogramStatistics statistics = new HistogramStatistics();
    statistics.next.push(new Part(query, false, false));
    while (!statistics.next.isEmpty()) {
      statistics.visit(statistics.next.pop());
    }
    return statistics.found;
  }

  private void visit(Part part) {
    boolean sums = part.summed();
    boolean needs = part.needed();
    switch (part.expr()) {
      case Expr.VectorSelector selector -> {
        if (sums && !needs) {
          found.add(selector);
        }
      }
      case Expr.MatrixSelector matrix -> next.push(new Part(matrix.selector(), sums, needs));
      case Expr.Subquery ignored -> needs = true;
      case Expr.Binary binary -> needs |= binary.operator().trims();
      case Expr.Call call -> {
        switch (call.function()) {
          case HISTOGRAM_COUNT, HISTOGRAM_SUM, HISTOGRAM_AVG -> sums = true;
          case HISTOGRAM_QUANTILE, HISTOGRAM_QUANTILES, HISTOGRAM_FRACTION -> needs = true;
          default -> {}
        }
      }
      default -> {}
    }
    for (Expr operand : Expr.operands(part.expr())) {
      next.push(new Part(operand, sums, needs));
    }
  }
}

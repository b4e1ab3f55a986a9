package io.aom.metrics.promql;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Finds the selectors of whose histograms only counts and sums are wanted, as in {@code
 * histogram_count(rate(m[5m]))}. Prometheus reads these without their buckets; a hint by comparison
 * with the histogram before then says of restarts what buckets would have said.
 */
final class HistogramStatistics {
  private final Set<Expr.VectorSelector> found = Collections.newSetFromMap(new IdentityHashMap<>());

  private HistogramStatistics() {}

  /** By identity, not by content. */
  static Set<Expr.VectorSelector> selectors(Expr query) {
    HistogramStatistics statistics = new HistogramStatistics();
    statistics.visit(query, false, false);
    return statistics.found;
  }

  /**
   * @param summed whether a function around takes nothing but counts and sums
   * @param needed whether something around needs buckets nevertheless
   */
  private void visit(Expr expr, boolean summed, boolean needed) {
    boolean sums = summed;
    boolean needs = needed;
    switch (expr) {
      case Expr.VectorSelector selector -> {
        if (sums && !needs) {
          found.add(selector);
        }
      }
      case Expr.MatrixSelector matrix -> visit(matrix.selector(), sums, needs);
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
    for (Expr operand : Pushdown.operands(expr)) {
      visit(operand, sums, needs);
    }
  }
}

package io.aom.metrics.promql;

import org.jspecify.annotations.Nullable;

/** The times a selector means at the steps of a grid, after {@code @} and {@code offset}. */
final class SelectorTimes {
  private final StepGrid grid;
  private final boolean fixed;
  private final long base;

  SelectorTimes(Expr.TimeShift shift, StepGrid grid, StepGrid query) {
    this.grid = grid;
    this.fixed = shift.at() != null;
    long offset = shift.offset() == null ? 0 : shift.offset().millis(query);
    this.base = (shift.at() == null ? 0 : shift.at().millis(query)) - offset;
  }

  /** Whether all steps mean the same time. */
  boolean isFixed() {
    return fixed;
  }

  long at(int step) {
    return fixed ? base : grid.at(step) + base;
  }

  long first() {
    return at(0);
  }

  long last() {
    return at(grid.count() - 1);
  }

  /**
   * The steps a subquery's expression is evaluated at, for all steps of the grid around it: the
   * multiples of its own step in {@code (first - range, last]}. Null if there are none.
   */
  static @Nullable StepGrid subqueryGrid(
      Expr.Subquery subquery, StepGrid grid, StepGrid query, EngineLimits limits) {
    SelectorTimes times = new SelectorTimes(subquery.shift(), grid, query);
    long range = subquery.range().positiveMillis(query);
    long step = subquery.step() == null ? 0 : subquery.step().positiveMillis(query);
    if (step == 0) { // also if it is below a millisecond
      step = limits.subqueryStepMillis();
    }
    long after = times.first() - range;
    long start = Math.floorDiv(after, step) * step + step;
    long end = times.last();
    if (start > end) {
      return null;
    }
    long count = (end - start) / step + 1;
    if (count > limits.maxSteps()) {
      throw PromqlException.execution(
          "subquery: " + count + " steps (expected: at most " + limits.maxSteps() + ")");
    }
    return new StepGrid(start, end, step);
  }
}

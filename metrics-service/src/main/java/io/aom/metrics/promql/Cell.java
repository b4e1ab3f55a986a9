package io.aom.metrics.promql;

import io.aom.metrics.promql.Annotations.Operation;
import io.aom.metrics.promql.FloatHistogram.Hint;
import org.jspecify.annotations.Nullable;

/**
 * A binary operation on two samples of any kind. Reused from pair to pair; holds the last result.
 * Of the remarks that the pairs of one step give rise to, only that of the last pair is kept, as
 * Prometheus does: pairs are numbered by {@link #pair}, remarks noted by {@link #annotate}.
 */
final class Cell {
  private final Annotations annotations;
  private final Expr.Binary binary;
  private final BinaryOperator operator;
  private final int steps;
  private double value;
  private @Nullable FloatHistogram histogram;
  private boolean failed;
  private int step;
  private int pair;
  private @Nullable Runnable @Nullable [] remarks;
  private int[] remarkOf = {};

  Cell(Annotations annotations, Expr.Binary binary, int steps) {
    this.annotations = annotations;
    this.binary = binary;
    this.operator = binary.operator();
    this.steps = steps;
  }

  /**
   * Says which pair of which step comes next; of a step's pairs the one numbered highest is last.
   */
  void pair(int atStep, int number) {
    step = atStep;
    pair = number;
  }

  /** Whether the last two samples could not be brought together at all. */
  boolean failed() {
    return failed;
  }

  boolean isEmpty() {
    return StepSeries.isEmpty(value) && histogram == null;
  }

  void store(StepSeries to) {
    FloatHistogram result = histogram;
    if (result != null) {
      to.set(step, result);
    } else {
      to.values()[step] = value;
    }
  }

  /** Notes what remains to be said. */
  void annotate() {
    @Nullable Runnable[] all = remarks;
    for (int i = 0; all != null && i < steps; i++) {
      Runnable remark = all[i];
      if (remark != null) {
        remark.run();
      }
    }
  }

  private void remark(Runnable remark) {
    @Nullable Runnable[] all = remarks;
    if (all == null) {
      all = new Runnable[steps];
      remarks = all;
      remarkOf = new int[steps];
    }
    if (all[step] == null || pair >= remarkOf[step]) {
      all[step] = remark;
      remarkOf[step] = pair;
    }
  }

  /**
   * @param keepRight whether a comparison that holds keeps the right sample (a scalar is on the
   *     left)
   */
  void operate(
      double left,
      @Nullable FloatHistogram leftHistogram,
      double right,
      @Nullable FloatHistogram rightHistogram,
      boolean keepRight) {
    value = StepSeries.EMPTY;
    histogram = null;
    failed = false;
    if (leftHistogram == null && rightHistogram == null) {
      floats(left, right, keepRight);
    } else if (leftHistogram != null && rightHistogram != null) {
      histograms(leftHistogram, rightHistogram);
    } else if (leftHistogram != null) {
      mixed(leftHistogram, right, true);
    } else if (rightHistogram != null) {
      mixed(rightHistogram, left, false);
    }
  }

  private void floats(double left, double right, boolean keepRight) {
    if (operator.comparison()) {
      compared(operator.compare(left, right));
      if (operator.compare(left, right) && !binary.bool()) {
        value = keepRight ? right : left;
      }
    } else if (operator.changesMeaning()) {
      value = operator.apply(left, right);
    } else {
      incompatible("float", "float");
    }
  }

  private void compared(boolean holds) {
    if (binary.bool()) {
      value = holds ? 1 : 0;
    }
  }

  private void histograms(FloatHistogram left, FloatHistogram right) {
    switch (operator) {
      case EQUAL, NOT_EQUAL -> {
        boolean holds = left.sameLayout(right) == (operator == BinaryOperator.EQUAL);
        compared(holds);
        if (holds && !binary.bool()) {
          histogram = left;
        }
      }
      case ADD -> combined(left, right, Operation.ADDITION);
      case SUBTRACT -> combined(left, right, Operation.SUBTRACTION);
      default -> incompatible("histogram", "histogram");
    }
  }

  private void combined(FloatHistogram left, FloatHistogram right, Operation operation) {
    if (!left.matches(right)) {
      fail(() -> annotations.incompatibleBuckets(binary.span(), operator));
      return;
    }
    if (left.isCustom() && !left.sameBounds(right)) {
      remark(() -> annotations.reconciled(binary.span(), operation));
    }
    Hint a = left.hint();
    Hint b = right.hint();
    if ((a == Hint.RESET && b == Hint.NOT_RESET) || (a == Hint.NOT_RESET && b == Hint.RESET)) {
      fail(() -> annotations.conflictingResets(binary.span(), operation));
      return;
    }
    histogram = operation == Operation.ADDITION ? left.plus(right) : left.minus(right);
  }

  private void mixed(FloatHistogram of, double number, boolean histogramLeft) {
    boolean takesNumber =
        switch (operator) {
          case MULTIPLY -> true;
          case DIVIDE, TRIM_UPPER, TRIM_LOWER -> histogramLeft;
          default -> false;
        };
    if (!takesNumber) {
      incompatible(histogramLeft ? "histogram" : "float", histogramLeft ? "float" : "histogram");
      return;
    }
    histogram =
        switch (operator) {
          case MULTIPLY -> of.times(number);
          case DIVIDE -> of.dividedBy(number);
          default -> HistogramTrim.trim(of, number, operator == BinaryOperator.TRIM_UPPER);
        };
  }

  private void fail(Runnable remark) {
    failed = true;
    remark(remark);
  }

  private void incompatible(String left, String right) {
    fail(() -> annotations.incompatibleTypes(binary.span(), left, operator, right));
  }
}

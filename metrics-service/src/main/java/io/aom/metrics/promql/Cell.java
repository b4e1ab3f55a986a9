package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import org.jspecify.annotations.Nullable;

/**
 * A binary operation on two samples of any kind. Reused from pair to pair; holds the last result.
 */
final class Cell {
  private final Annotations annotations;
  private final Expr.Binary binary;
  private final BinaryOperator operator;
  private double value;
  private @Nullable FloatHistogram histogram;

  Cell(Annotations annotations, Expr.Binary binary) {
    this.annotations = annotations;
    this.binary = binary;
    this.operator = binary.operator();
  }

  boolean isEmpty() {
    return StepSeries.isEmpty(value) && histogram == null;
  }

  void store(StepSeries to, int step) {
    FloatHistogram result = histogram;
    if (result != null) {
      to.set(step, result);
    } else {
      to.values()[step] = value;
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
      boolean holds = operator.compare(left, right);
      if (binary.bool()) {
        value = holds ? 1 : 0;
      } else if (holds) {
        value = keepRight ? right : left;
      }
    } else if (operator.changesMeaning()) {
      value = operator.apply(left, right);
    } else {
      incompatible("float", "float");
    }
  }

  private void histograms(FloatHistogram left, FloatHistogram right) {
    switch (operator) {
      case EQUAL, NOT_EQUAL -> {
        boolean holds = left.sameContent(right) == (operator == BinaryOperator.EQUAL);
        if (binary.bool()) {
          value = holds ? 1 : 0;
        } else if (holds) {
          histogram = left;
        }
      }
      case ADD, SUBTRACT -> {
        if (!left.matches(right)) {
          annotations.mixedSchemas(binary.span(), Labels.EMPTY);
          return;
        }
        if (left.isCustom() && !left.sameBounds(right)) {
          annotations.inform(
              binary.span(),
              "mismatched custom buckets were reconciled during "
                  + (operator == BinaryOperator.ADD ? "addition" : "subtraction"));
        }
        histogram = operator == BinaryOperator.ADD ? left.plus(right) : left.minus(right);
      }
      default -> incompatible("histogram", "histogram");
    }
  }

  private void mixed(FloatHistogram of, double number, boolean histogramLeft) {
    switch (operator) {
      case MULTIPLY -> histogram = of.times(number);
      case DIVIDE -> {
        if (histogramLeft) {
          histogram = of.dividedBy(number);
        } else {
          incompatible("float", "histogram");
        }
      }
      case TRIM_UPPER, TRIM_LOWER -> {
        if (histogramLeft) {
          histogram = HistogramTrim.trim(of, number, operator == BinaryOperator.TRIM_UPPER);
        } else {
          incompatible("float", "histogram");
        }
      }
      default ->
          incompatible(
              histogramLeft ? "histogram" : "float", histogramLeft ? "float" : "histogram");
    }
  }

  private void incompatible(String left, String right) {
    annotations.inform(
        binary.span(),
        "incompatible sample types encountered for binary operator "
            + Labels.quote(operator.text())
            + ": "
            + left
            + " "
            + operator.text()
            + " "
            + right);
  }
}

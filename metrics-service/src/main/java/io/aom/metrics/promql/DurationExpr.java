package io.aom.metrics.promql;

/** A duration that may be calculated; its parts are in seconds. */
public sealed interface DurationExpr {

  /** Seconds, for a query from {@code start} to {@code end} by {@code step}. */
  double seconds(StepGrid query);

  /** A number of seconds, printed as it was written. */
  record Literal(double value, String text) implements DurationExpr {
    @Override
    public double seconds(StepGrid query) {
      return value;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** {@code step()} or {@code range()}. */
  record OfQuery(boolean step) implements DurationExpr {
    @Override
    public double seconds(StepGrid query) {
      return (step ? query.step() : query.end() - query.start()) / 1000.0;
    }

    @Override
    public String toString() {
      return step ? "step()" : "range()";
    }
  }

  /** {@code min_of(a, b)} or {@code max_of(a, b)}. */
  record Extreme(boolean least, DurationExpr left, DurationExpr right) implements DurationExpr {
    @Override
    public double seconds(StepGrid query) {
      double a = left.seconds(query);
      double b = right.seconds(query);
      return least ? Math.min(a, b) : Math.max(a, b);
    }

    @Override
    public String toString() {
      return (least ? "min_of(" : "max_of(") + left + ", " + right + ")";
    }
  }

  /** Sign before a duration. */
  record Negated(DurationExpr operand) implements DurationExpr {
    @Override
    public double seconds(StepGrid query) {
      return -operand.seconds(query);
    }

    @Override
    public String toString() {
      return "-" + operand;
    }
  }

  /** Two durations and one of {@code + - * / % ^}. */
  record Calculated(char operator, DurationExpr left, DurationExpr right) implements DurationExpr {
    @Override
    public double seconds(StepGrid query) {
      double a = left.seconds(query);
      double b = right.seconds(query);
      if ((operator == '/' || operator == '%') && b == 0) {
        throw PromqlException.execution(
            operator == '/' ? "division by zero in a duration" : "modulo by zero in a duration");
      }
      return switch (operator) {
        case '+' -> a + b;
        case '-' -> a - b;
        case '*' -> a * b;
        case '/' -> a / b;
        case '%' -> a % b;
        default -> Math.pow(a, b);
      };
    }

    @Override
    public String toString() {
      return left + " " + operator + " " + right;
    }
  }

  /** A duration in parentheses. */
  record Enclosed(DurationExpr inner) implements DurationExpr {
    @Override
    public double seconds(StepGrid query) {
      return inner.seconds(query);
    }

    @Override
    public String toString() {
      return "(" + inner + ")";
    }
  }

  /** Whole milliseconds. */
  default long millis(StepGrid query) {
    double millis = seconds(query) * 1000;
    if (!(Math.abs(millis) < 9.2e18)) {
      throw PromqlException.execution("duration out of range: " + this);
    }
    return Math.round(millis);
  }
}

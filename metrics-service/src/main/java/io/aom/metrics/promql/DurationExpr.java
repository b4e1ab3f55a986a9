package io.aom.metrics.promql;

import java.math.BigDecimal;

/** A duration that may be calculated; its parts are in seconds. */
public sealed interface DurationExpr {
  /** Seconds, for a query from {@code start} to {@code end} by {@code step}. */
  double seconds(StepGrid query);

  /** Where it stands in the query. */
  Span span();

  /** A number of seconds, written as a duration or as a number. */
  record Literal(double value, boolean isDuration, Span span) implements DurationExpr {
    @Override
    public double seconds(StepGrid query) {
      return value;
    }

    @Override
    public DurationExpr negated(int start) {
      return new Literal(-value, isDuration, new Span(start, span.end()));
    }

    /** As a duration, however it was written. */
    String asDuration() {
      return Durations.format(Math.round(value * 1000));
    }

    @Override
    public String toString() {
      return isDuration ? asDuration() : Numbers.format(value);
    }
  }

  /** {@code step()} or {@code range()}. */
  record OfQuery(boolean step, Span span) implements DurationExpr {
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
      return least ? Numbers.lesser(a, b) : Numbers.greater(a, b);
    }

    @Override
    public Span span() {
      return left.span().to(right.span());
    }

    @Override
    public String toString() {
      return (least ? "min_of(" : "max_of(") + left + ", " + right + ")";
    }
  }

  /** Sign before a duration. */
  record Negated(DurationExpr operand, Span span) implements DurationExpr {
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
        throw failure(operator == '/' ? "division by zero" : "modulo by zero");
      }
      return switch (operator) {
        case '+' -> a + b;
        case '-' -> a - b;
        case '*' -> a * b;
        case '/' -> a / b;
        case '%' -> a % b;
        default -> Numbers.power(a, b);
      };
    }

    @Override
    public Span span() {
      return left.span().to(right.span());
    }

    @Override
    public String toString() {
      return left + " " + operator + " " + right;
    }
  }

  /** A duration in parentheses. */
  record Enclosed(DurationExpr inner, Span span) implements DurationExpr {
    @Override
    public double seconds(StepGrid query) {
      return inner.seconds(query);
    }

    @Override
    public String toString() {
      return "(" + inner + ")";
    }
  }

  /** The same with the other sign, which stands at {@code start}. */
  default DurationExpr negated(int start) {
    return new Negated(this, new Span(start, span().end()));
  }

  /** A refusal that says where the duration stands. */
  default PromqlException failure(String message) {
    return new PromqlException(
        PromqlException.Kind.PARSE, span().start() + ":" + span().end() + ": " + message);
  }

  private double finiteSeconds(StepGrid query) {
    double seconds = seconds(query);
    if (!Double.isFinite(seconds)) {
      throw failure("duration is NaN or infinite");
    }
    return seconds;
  }

  /**
   * Whole milliseconds, what is below one cut off.
   *
   * @throws PromqlException if the calculation gives no duration
   */
  default long millis(StepGrid query) {
    double seconds = finiteSeconds(query);
    if (!(Math.abs(seconds) <= Long.MAX_VALUE / 1e9)) {
      throw failure("duration is out of range");
    }
    // Of a literal the decimals count as written, of a calculation as they have come out.
    return this instanceof Literal
        ? BigDecimal.valueOf(seconds).movePointRight(3).longValue()
        : (long) (seconds * 1000);
  }

  /**
   * The same for a range or a step, which must be above 0.
   *
   * @throws PromqlException also if it is not
   */
  default long positiveMillis(StepGrid query) {
    if (finiteSeconds(query) <= 0) {
      throw failure("duration must be greater than 0");
    }
    return millis(query);
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A PromQL expression. It prints as PromQL that means the same. */
public sealed interface Expr {
  Span span();

  ValueType type();

  /** A number; a duration counts in seconds. */
  record NumberLiteral(double value, String text, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.SCALAR;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** A text. */
  record TextLiteral(String value, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.STRING;
    }

    @Override
    public String toString() {
      return Labels.quote(value);
    }
  }

  /**
   * Which time is meant, seen from the evaluation time: {@code @} and {@code offset}.
   *
   * @param at what follows the {@code @}, or null
   * @param offset what follows {@code offset}, or null
   */
  record TimeShift(@Nullable At at, @Nullable DurationExpr offset) {
    static final TimeShift NONE = new TimeShift(null, null);

    /** A fixed time. */
    public sealed interface At {
      long millis(StepGrid query);
    }

    public record AtTime(double seconds, String text) implements At {
      @Override
      public long millis(StepGrid query) {
        return Math.round(seconds * 1000);
      }

      @Override
      public String toString() {
        return text;
      }
    }

    /** {@code start()} or {@code end()} of the query. */
    public record AtEdge(boolean start) implements At {
      @Override
      public long millis(StepGrid query) {
        return start ? query.start() : query.end();
      }

      @Override
      public String toString() {
        return start ? "start()" : "end()";
      }
    }

    @Override
    public String toString() {
      return (at == null ? "" : " @ " + at) + (offset == null ? "" : " offset " + offset);
    }
  }

  /** How a selector looks beyond its window: Prometheus's {@code anchored} and {@code smoothed}. */
  enum Reach {
    PLAIN,
    ANCHORED,
    SMOOTHED
  }

  /** Series at a time. */
  record VectorSelector(
      String name, List<LabelMatcher> matchers, TimeShift shift, Reach reach, Span span)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    String reachText() {
      return switch (reach) {
        case PLAIN -> "";
        case ANCHORED -> " anchored";
        case SMOOTHED -> " smoothed";
      };
    }

    String selectorText() {
      List<String> tests = new ArrayList<>();
      for (LabelMatcher matcher : matchers) {
        boolean isName =
            matcher.name().equals(Labels.NAME)
                && matcher.kind() == LabelMatcher.Kind.EQUAL
                && matcher.value().equals(name);
        if (!isName) {
          String label =
              Parser.plainName(matcher.name()) ? matcher.name() : Labels.quote(matcher.name());
          tests.add(label + matcher.kind().sign() + Labels.quote(matcher.value()));
        } else if (!Parser.plainMetric(name)) {
          tests.add(0, Labels.quote(name));
        }
      }
      String metric = Parser.plainMetric(name) ? name : "";
      return tests.isEmpty() && !metric.isEmpty()
          ? metric
          : metric + "{" + String.join(", ", tests) + "}";
    }

    @Override
    public String toString() {
      return selectorText() + reachText() + shift;
    }
  }

  /** Series over a range of time. */
  record MatrixSelector(VectorSelector selector, DurationExpr range, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public String toString() {
      return selector.selectorText() + "[" + range + "]" + selector.reachText() + selector.shift();
    }
  }

  /** An expression evaluated at several times of a range. */
  record Subquery(
      Expr expr, DurationExpr range, @Nullable DurationExpr step, TimeShift shift, Span span)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public String toString() {
      return expr + "[" + range + ":" + (step == null ? "" : step.toString()) + "]" + shift;
    }
  }

  /** Series brought together by labels. */
  record Aggregate(
      Aggregation operation,
      Expr expr,
      @Nullable Expr parameter,
      List<String> labels,
      boolean without,
      Span span)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    @Override
    public String toString() {
      String grouping =
          without || !labels.isEmpty()
              ? (without ? " without (" : " by (") + Parser.names(labels) + ") "
              : "";
      return operation.text()
          + grouping
          + "("
          + (parameter == null ? "" : parameter + ", ")
          + expr
          + ")";
    }
  }

  /** A function's call. */
  record Call(Function function, List<Expr> arguments, Span span) implements Expr {
    @Override
    public ValueType type() {
      return function.result();
    }

    @Override
    public String toString() {
      return function.text()
          + "("
          + String.join(", ", arguments.stream().map(Expr::toString).toList())
          + ")";
    }
  }

  /** Two operands. */
  record Binary(
      BinaryOperator operator,
      Expr left,
      Expr right,
      boolean bool,
      VectorMatching matching,
      Span span)
      implements Expr {
    @Override
    public ValueType type() {
      return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
          ? ValueType.SCALAR
          : ValueType.VECTOR;
    }

    @Override
    public String toString() {
      return left + " " + operator.text() + (bool ? " bool" : "") + matching + " " + right;
    }
  }

  /** A sign before an operand. */
  record Unary(boolean negative, Expr expr, Span span) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }

    @Override
    public String toString() {
      return (negative ? "-" : "+") + expr;
    }
  }

  /** An expression in parentheses. */
  record Paren(Expr expr, Span span) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }

    @Override
    public String toString() {
      return "(" + expr + ")";
    }
  }

  /** The expression inside any parentheses. */
  static Expr unwrap(Expr expr) {
    Expr inner = expr;
    while (inner instanceof Paren(Expr content, Span ignored)) {
      inner = content;
    }
    return inner;
  }
}

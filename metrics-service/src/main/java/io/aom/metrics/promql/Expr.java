package io.aom.metrics.promql;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A PromQL expression. It prints as PromQL that means the same. */
public sealed interface Expr {
  Span span();

  ValueType type();

  /**
   * A number; a duration counts in seconds.
   *
   * @param isDuration whether it was written as one
   */
  record NumberLiteral(double value, boolean isDuration, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.SCALAR;
    }

    @Override
    public String toString() {
      return isDuration ? Durations.format(Math.round(value * 1000)) : Numbers.format(value);
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

    /** Whether there is an offset; one written as 0 is none, so that another may follow. */
    boolean isMoved() {
      return offset != null
          && !(offset instanceof DurationExpr.Literal(double value, _, _) && value == 0);
    }

    /** A fixed time. */
    public sealed interface At {
      long millis(StepGrid query);
    }

    public record AtTime(double seconds) implements At {
      @Override
      public long millis(StepGrid query) {
        return Math.round(seconds * 1000);
      }

      @Override
      public String toString() {
        return String.format(Locale.ROOT, "%.3f", seconds);
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
      return atText() + offsetText();
    }

    String atText() {
      return at == null ? "" : " @ " + at;
    }

    String offsetText() {
      if (!(offset instanceof DurationExpr.Literal literal)) {
        return offset == null ? "" : " offset " + offset;
      }
      return literal.value() == 0 ? "" : " offset " + literal.asDuration();
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

    VectorSelector with(TimeShift newShift, Span newSpan) {
      return new VectorSelector(name, matchers, newShift, reach, newSpan);
    }

    VectorSelector with(Reach newReach, Span newSpan) {
      return new VectorSelector(name, matchers, shift, newReach, newSpan);
    }

    String reachText() {
      return switch (reach) {
        case PLAIN -> "";
        case ANCHORED -> " anchored";
        case SMOOTHED -> " smoothed";
      };
    }

    /** The name and the matchers behind it, in the order of their texts. */
    String selectorText() {
      List<String> tests = new ArrayList<>();
      for (LabelMatcher matcher : matchers) {
        boolean isName =
            !name.isEmpty()
                && matcher.name().equals(Labels.NAME)
                && matcher.kind() == LabelMatcher.Kind.EQUAL
                && matcher.value().equals(name);
        if (!isName) {
          tests.add(matcher.toString());
        }
      }
      tests.sort(Labels::compareText);
      boolean bare = tests.isEmpty() && !name.isEmpty();
      return bare ? name : name + "{" + String.join(",", tests) + "}";
    }

    @Override
    public String toString() {
      return selectorText() + shift.atText() + reachText() + shift.offsetText();
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
      return selector.selectorText()
          + "["
          + rangeText(range)
          + "]"
          + selector.reachText()
          + selector.shift();
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
      return expr + suffix();
    }

    String suffix() {
      return "[" + rangeText(range) + ":" + (step == null ? "" : rangeText(step)) + "]" + shift;
    }
  }

  /** A range or a step: a number counts as a duration there. */
  private static String rangeText(DurationExpr range) {
    return range instanceof DurationExpr.Literal literal ? literal.asDuration() : range.toString();
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

    /** Everything before the argument's parenthesis. */
    String headText() {
      return without || !labels.isEmpty()
          ? operation.text() + (without ? " without (" : " by (") + Labels.quoteNames(labels) + ") "
          : operation.text();
    }

    @Override
    public String toString() {
      return headText() + "(" + (parameter == null ? "" : parameter + ", ") + expr + ")";
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

  /**
   * Two operands.
   *
   * @param type of the result, kept: chains are long, and all of them ask for it
   */
  record Binary(
      BinaryOperator operator,
      Expr left,
      Expr right,
      boolean bool,
      VectorMatching matching,
      Span span,
      ValueType type)
      implements Expr {
    /**
     * @throws IllegalArgumentException if the type is not that of such operands
     */
    public Binary {
      if (type != type(left, right)) {
        throw new IllegalArgumentException(
            "type: " + type + " (expected: " + type(left, right) + ")");
      }
    }

    public Binary(
        BinaryOperator operator,
        Expr left,
        Expr right,
        boolean bool,
        VectorMatching matching,
        Span span) {
      this(operator, left, right, bool, matching, span, type(left, right));
    }

    private static ValueType type(Expr left, Expr right) {
      return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
          ? ValueType.SCALAR
          : ValueType.VECTOR;
    }

    @Override
    public String toString() {
      Deque<Binary> chain = chain(this);
      StringBuilder text = new StringBuilder(chain.element().leftText());
      for (Binary one : chain) {
        text.append(' ').append(one.operatorText()).append(' ').append(one.right());
      }
      return text.toString();
    }

    /** A sign would take hold of the whole power, so infinity goes without it there. */
    String leftText() {
      boolean infinite =
          left instanceof NumberLiteral number && number.value() == Double.POSITIVE_INFINITY;
      return operator == BinaryOperator.POWER && infinite ? "Inf" : left.toString();
    }

    String operatorText() {
      return operator.text() + (bool ? " bool" : "") + matching;
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

  /** What an expression is made of, in the order of its text. */
  static List<Expr> operands(Expr expr) {
    return switch (expr) {
      case NumberLiteral ignored -> List.of();
      case TextLiteral ignored -> List.of();
      case VectorSelector ignored -> List.of();
      case MatrixSelector ignored -> List.of();
      case Paren paren -> List.of(paren.expr());
      case Unary unary -> List.of(unary.expr());
      case Binary binary -> List.of(binary.left(), binary.right());
      case Call call -> call.arguments();
      case Subquery subquery -> List.of(subquery.expr());
      case Aggregate aggregate ->
          aggregate.parameter() == null
              ? List.of(aggregate.expr())
              : List.of(aggregate.parameter(), aggregate.expr());
    };
  }

  /** An expression and all it is made of, each before its own parts, in the order of its text. */
  static List<Expr> parts(Expr expr) {
    return parts(expr, false);
  }

  /** The same in Prometheus's order: what is aggregated comes before the parameter. */
  static List<Expr> partsInPrometheusOrder(Expr expr) {
    return parts(expr, true);
  }

  private static List<Expr> parts(Expr expr, boolean parameterLast) {
    List<Expr> parts = new ArrayList<>();
    Deque<Expr> next = new ArrayDeque<>(List.of(expr));
    while (!next.isEmpty()) {
      Expr part = next.pop();
      parts.add(part);
      List<Expr> operands = operands(part);
      boolean turned = parameterLast && part instanceof Aggregate;
      (turned ? operands : operands.reversed()).forEach(next::push);
    }
    return parts;
  }

  /** Levels of an expression; 1 of what has no operands. */
  static int depth(Expr expr) {
    int depth = 0;
    List<Expr> level = List.of(expr);
    while (!level.isEmpty()) {
      depth++;
      level = level.stream().flatMap(part -> operands(part).stream()).toList();
    }
    return depth;
  }

  /**
   * An operation and those down its left side, the innermost first. Who looks at all of an
   * expression walks these and descends into what is left: that nests no deeper than {@link
   * Parser#MAX_DEPTH}, while a chain is as long as the text of a query allows.
   */
  static Deque<Binary> chain(Binary last) {
    Deque<Binary> chain = new ArrayDeque<>();
    Expr part = last;
    while (part instanceof Binary binary) {
      chain.push(binary);
      part = binary.left();
    }
    return chain;
  }

  /**
   * What remarks on an argument point at: not the parentheses around it. Where the argument is a
   * subquery, Prometheus points at the beginning of the query.
   */
  static Span argumentSpan(Expr argument) {
    Expr inner = unwrap(argument);
    return inner instanceof Subquery ? new Span(0, 0) : inner.span();
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

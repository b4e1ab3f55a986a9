package io.aom.metrics.query.web;

import io.aom.metrics.promql.DurationExpr;
import io.aom.metrics.promql.Expr;
import io.aom.metrics.promql.Expr.TimeShift;
import io.aom.metrics.promql.Function;
import io.aom.metrics.promql.Numbers;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.promql.Span;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.ValueType;
import io.aom.metrics.promql.VectorMatching;
import io.aom.metrics.series.LabelMatcher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An expression as {@code parse_query} answers it. A duration that is written as one number stands
 * there in milliseconds; what has to be calculated is 0 there and described in a member beside it,
 * {@code rangeExpr} say, which is null otherwise.
 */
final class ExprJson {
  /**
   * JSON is written to 500 levels; an operand may take two of them, and a duration as many as the
   * parser lets it have.
   */
  private static final int MOST_LEVELS = 300;

  /** A grid for durations that do not depend on one. */
  private static final StepGrid ANY = StepGrid.instant(0);

  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

  private ExprJson(String type) {
    members.put("type", type);
  }

  /**
   * @throws PromqlException if the expression is deeper than {@link #MOST_LEVELS}
   */
  static Map<String, @Nullable Object> of(Expr expr) {
    int depth = Expr.depth(expr);
    if (depth > MOST_LEVELS) {
      throw new PromqlException(
          PromqlException.Kind.PARSE,
          "expression has " + depth + " levels (expected: at most " + MOST_LEVELS + ")");
    }
    return members(expr);
  }

  private static Map<String, @Nullable Object> members(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral number ->
          new ExprJson("numberLiteral").with("val", Numbers.format(number.value())).members;
      case Expr.TextLiteral text -> new ExprJson("stringLiteral").with("val", text.value()).members;
      case Expr.Paren paren ->
          new ExprJson("parenExpr").with("expr", members(paren.expr())).members;
      case Expr.Unary unary ->
          new ExprJson("unaryExpr")
              .with("op", unary.negative() ? "-" : "+")
              .with("expr", members(unary.expr()))
              .members;
      case Expr.VectorSelector selector ->
          new ExprJson("vectorSelector")
              .with("name", selector.name())
              .shift(selector.shift())
              .with("matchers", matchers(selector))
              .reach(selector)
              .members;
      case Expr.MatrixSelector matrix ->
          new ExprJson("matrixSelector")
              .with("name", matrix.selector().name())
              .duration("range", matrix.range())
              .shift(matrix.selector().shift())
              .with("matchers", matchers(matrix.selector()))
              .reach(matrix.selector())
              .members;
      case Expr.Subquery subquery ->
          new ExprJson("subquery")
              .with("expr", members(subquery.expr()))
              .duration("range", subquery.range())
              .duration("step", subquery.step())
              .shift(subquery.shift())
              .members;
      case Expr.Aggregate aggregate ->
          new ExprJson("aggregation")
              .with("op", aggregate.operation().text())
              .with("expr", members(aggregate.expr()))
              .with("param", aggregate.parameter() == null ? null : members(aggregate.parameter()))
              .with("grouping", aggregate.labels())
              .with("without", aggregate.without())
              .members;
      case Expr.Call call ->
          new ExprJson("call")
              .with("func", function(call.function()))
              .with("args", call.arguments().stream().map(ExprJson::members).toList())
              .members;
      case Expr.Binary binary ->
          new ExprJson("binaryExpr")
              .with("op", binary.operator().text())
              .with("lhs", members(binary.left()))
              .with("rhs", members(binary.right()))
              .with("matching", matching(binary))
              .with("bool", binary.bool())
              .members;
    };
  }

  private ExprJson with(String name, @Nullable Object value) {
    members.put(name, value);
    return this;
  }

  private ExprJson duration(String name, @Nullable DurationExpr duration) {
    if (duration == null || duration instanceof DurationExpr.Literal) {
      return with(name, duration == null ? 0 : duration.millis(ANY)).with(name + "Expr", null);
    }
    return with(name, 0).with(name + "Expr", calculated(duration, false));
  }

  /**
   * @param wrapped whether it stands in parentheses
   */
  private static Map<String, @Nullable Object> calculated(DurationExpr duration, boolean wrapped) {
    return switch (duration) {
      case DurationExpr.Literal literal -> {
        Map<String, @Nullable Object> number =
            new ExprJson("numberLiteral")
                .with("val", Numbers.format(literal.value()))
                .with("duration", literal.isDuration())
                .members;
        // Only an operation can be marked as wrapped, so it becomes one.
        yield wrapped ? operation("+", null, number, true) : number;
      }
      case DurationExpr.OfQuery(boolean step, Span ignored) ->
          operation(step ? "step" : "range", null, null, wrapped);
      case DurationExpr.Extreme(boolean least, DurationExpr left, DurationExpr right) ->
          operation(
              least ? "min_of" : "max_of",
              calculated(left, false),
              calculated(right, false),
              wrapped);
      case DurationExpr.Negated(DurationExpr operand, Span ignored) ->
          operation("-", null, calculated(operand, false), wrapped);
      case DurationExpr.Calculated(char operator, DurationExpr left, DurationExpr right) ->
          operation(
              String.valueOf(operator), calculated(left, false), calculated(right, false), wrapped);
      case DurationExpr.Enclosed(DurationExpr inner, Span ignored) -> calculated(inner, true);
    };
  }

  private static Map<String, @Nullable Object> operation(
      String operator,
      @Nullable Map<String, @Nullable Object> left,
      @Nullable Map<String, @Nullable Object> right,
      boolean wrapped) {
    return new ExprJson("durationExpr")
        .with("op", operator)
        .with("lhs", left)
        .with("rhs", right)
        .with("wrapped", wrapped)
        .members;
  }

  private ExprJson shift(TimeShift shift) {
    duration("offset", shift.offset());
    Object timestamp = null;
    String edge = null;
    switch (shift.at()) {
      case null -> {}
      case TimeShift.AtTime time -> timestamp = time.millis(ANY);
      case TimeShift.AtEdge(boolean start) -> edge = start ? "start" : "end";
    }
    return with("timestamp", timestamp).with("startOrEnd", edge);
  }

  private ExprJson reach(Expr.VectorSelector selector) {
    return with("anchored", selector.reach() == Expr.Reach.ANCHORED)
        .with("smoothed", selector.reach() == Expr.Reach.SMOOTHED);
  }

  private static List<Map<String, String>> matchers(Expr.VectorSelector selector) {
    return selector.matchers().stream().map(ExprJson::matcher).toList();
  }

  private static Map<String, String> matcher(LabelMatcher matcher) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("name", matcher.name());
    members.put("value", matcher.value());
    members.put("type", matcher.kind().sign());
    return members;
  }

  private static Map<String, Object> function(Function function) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", function.text());
    members.put("argTypes", function.parameters().stream().map(ExprJson::typeName).toList());
    members.put("variadic", function.variadic());
    members.put("returnType", typeName(function.result()));
    return members;
  }

  private static String typeName(ValueType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable Map<String, @Nullable Object> matching(Expr.Binary binary) {
    if (binary.left().type() != ValueType.VECTOR || binary.right().type() != ValueType.VECTOR) {
      return null;
    }
    VectorMatching matching = binary.matching();
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("card", matching.cardinality().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    members.put("labels", matching.labels());
    members.put("on", matching.on());
    members.put("include", matching.include());
    Map<String, @Nullable Object> fill = new LinkedHashMap<>();
    fill.put("lhs", matching.fillLeft());
    fill.put("rhs", matching.fillRight());
    members.put("fillValues", fill);
    return members;
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.VectorMatching.Cardinality;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What operators, functions, aggregations and selectors demand of their operands. A whole query is
 * looked at once it has been read, its parts in Prometheus's order, so that of several refusals the
 * same comes first.
 */
final class TypeChecks {
  private final TokenCursor in;

  TypeChecks(TokenCursor in) {
    this.in = in;
  }

  /**
   * @throws PromqlException if anything in the expression has operands that it cannot have
   */
  void check(Expr expr) {
    // Operators and subqueries follow each other in long chains: they are walked, not descended.
    Deque<Expr> chain = new ArrayDeque<>();
    for (Expr part = expr; part != null; part = first(part)) {
      chain.push(part);
    }
    chain.forEach(this::one);
  }

  private static @Nullable Expr first(Expr expr) {
    return switch (expr) {
      case Expr.Binary binary -> binary.left();
      case Expr.Subquery subquery -> subquery.expr();
      default -> null;
    };
  }

  /** What is left to look at when {@link #first} is known to be right. */
  private void one(Expr expr) {
    switch (expr) {
      case Expr.NumberLiteral ignored -> {}
      case Expr.TextLiteral ignored -> {}
      case Expr.VectorSelector selector -> selector(selector);
      case Expr.MatrixSelector matrix -> selector(matrix.selector());
      case Expr.Paren paren -> check(paren.expr());
      case Expr.Unary unary -> unary(unary);
      case Expr.Binary binary -> binary(binary);
      case Expr.Subquery subquery -> subquery(subquery);
      case Expr.Aggregate aggregate -> aggregate(aggregate);
      case Expr.Call call -> call(call);
    }
  }

  /** A selector that has one name and does not choose every series there is. */
  void selector(Expr.VectorSelector selector) {
    List<LabelMatcher> matchers = selector.matchers();
    if (!selector.name().isEmpty()) {
      for (LabelMatcher matcher : matchers.subList(0, matchers.size() - 1)) {
        if (matcher.name().equals(Labels.NAME)) {
          throw in.error(
              selector.span(),
              "metric name must not be set twice: "
                  + Labels.quote(selector.name())
                  + " or "
                  + Labels.quote(matcher.value()));
        }
      }
    } else if (matchers.stream().allMatch(LabelMatcher::matchesEmpty)) {
      throw in.error(
          selector.span(), "vector selector must contain at least one non-empty matcher");
    }
  }

  private static boolean isNumeric(Expr expr) {
    return expr.type() == ValueType.SCALAR || expr.type() == ValueType.VECTOR;
  }

  private void unary(Expr.Unary unary) {
    check(unary.expr());
    if (!isNumeric(unary.expr())) {
      throw in.error(
          unary.span(),
          "unary expression only allowed on expressions of type scalar or instant vector, got "
              + Labels.quote(unary.type().text()));
    }
  }

  private void subquery(Expr.Subquery subquery) {
    ValueType type = subquery.expr().type();
    if (type != ValueType.VECTOR) {
      throw in.error(
          subquery.span(),
          "subquery is only allowed on instant vector, got "
              + type.name().toLowerCase(Locale.ROOT)
              + " instead");
    }
  }

  private void binary(Expr.Binary binary) {
    check(binary.right());
    BinaryOperator operator = binary.operator();
    VectorMatching matching = binary.matching();
    if (binary.bool() && !operator.comparison()) {
      throw in.error(sign(binary), "bool modifier can only be used on comparison operators");
    }
    if (operator.comparison() && !binary.bool() && binary.type() == ValueType.SCALAR) {
      throw in.error(sign(binary), "comparisons between scalars must use BOOL modifier");
    }
    for (String label : matching.labels()) {
      if (matching.on() && matching.include().contains(label)) {
        throw in.error(
            sign(binary),
            "label " + Labels.quote(label) + " must not occur in ON and GROUP clause at once");
      }
    }
    for (Expr side : List.of(binary.left(), binary.right())) {
      if (!isNumeric(side)) {
        throw in.error(
            side.span(), "binary expression must contain only scalar and instant vector types");
      }
    }
    boolean fills = matching.fillLeft() != null || matching.fillRight() != null;
    if (binary.left().type() != binary.right().type() || binary.type() == ValueType.SCALAR) {
      if (!matching.labels().isEmpty()) {
        throw in.error(binary.span(), "vector matching only allowed between instant vectors");
      }
      if (fills) {
        throw in.error(
            binary.span(), "filling in missing series only allowed between instant vectors");
      }
      if (operator.set()) {
        throw in.error(
            binary.span(),
            "set operator \"" + operator.text() + "\" not allowed in binary scalar expression");
      }
    } else if (operator.set()) {
      if (matching.cardinality() != Cardinality.MANY_TO_MANY) {
        throw in.error(
            binary.span(), "no grouping allowed for \"" + operator.text() + "\" operation");
      }
      if (fills) {
        throw in.error(binary.span(), "filling in missing series not allowed for set operators");
      }
    }
  }

  /** Where the operator stands: behind the left side and the blanks that follow it. */
  private Span sign(Expr.Binary binary) {
    int start = binary.left().span().end();
    while (" \t\r\n".indexOf(in.text().charAt(start)) >= 0) {
      start++;
    }
    return new Span(start, start);
  }

  /** How many arguments an aggregation has, which is looked at as soon as they are read. */
  void arguments(Aggregation operation, int got, Span span) {
    if (got == 0) {
      throw in.error(span, "no arguments for aggregate expression provided");
    }
    int wanted = operation.parametrised() ? 2 : 1;
    if (got != wanted) {
      throw in.error(
          span,
          "wrong number of arguments for aggregate expression provided, expected "
              + wanted
              + ", got "
              + got);
    }
  }

  private void aggregate(Expr.Aggregate aggregate) {
    type(aggregate.expr(), ValueType.VECTOR, "aggregation expression");
    Expr parameter = aggregate.parameter();
    if (parameter != null) {
      boolean text = aggregate.operation() == Aggregation.COUNT_VALUES;
      type(parameter, text ? ValueType.STRING : ValueType.SCALAR, "aggregation parameter");
    }
  }

  private void call(Expr.Call call) {
    Function function = call.function();
    List<Expr> arguments = call.arguments();
    int got = arguments.size();
    if (got < function.fewest() || got > function.most()) {
      String bound =
          function.fewest() == function.most()
              ? "expected " + function.fewest()
              : got < function.fewest()
                  ? "expected at least " + function.fewest()
                  : "expected at most " + function.most();
      throw in.error(
          call.span(),
          bound + " argument(s) in call to " + Labels.quote(function.text()) + ", got " + got);
    }
    String context = "call to function " + Labels.quote(function.text());
    boolean chooses = function == Function.INFO && got == 2;
    if (chooses) {
      choice(call, context);
    }
    for (int i = 0; i < got; i++) {
      if (i == 0 || !chooses) { // what info adds is chosen by a selector that may choose everything
        type(arguments.get(i), function.parameter(i), context);
      }
    }
  }

  private void choice(Expr.Call call, String context) {
    Expr labels = call.arguments().get(1);
    if (labels.type() != ValueType.VECTOR) {
      throw in.error(call.span(), wrong(ValueType.VECTOR, context, labels));
    }
    if (!(labels instanceof Expr.VectorSelector selector)) {
      throw in.error(labels.span(), "expected label selectors only");
    }
    if (!selector.name().isEmpty()) {
      throw in.error(labels.span(), "expected label selectors only, got vector selector instead");
    }
  }

  private void type(Expr expr, ValueType wanted, String context) {
    check(expr);
    if (expr.type() != wanted) {
      throw in.error(expr.span(), wrong(wanted, context, expr));
    }
  }

  private static String wrong(ValueType wanted, String context, Expr got) {
    return "expected type " + wanted.text() + " in " + context + ", got " + got.type().text();
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.VectorMatching.Cardinality;
import io.aom.metrics.series.Labels;
import java.util.List;

/** What operators, functions and aggregations demand of their operands. */
final class TypeChecks {
  private final TokenCursor in;

  TypeChecks(TokenCursor in) {
    this.in = in;
  }

  void unary(Expr operand, Span span) {
    if (operand.type() != ValueType.SCALAR && operand.type() != ValueType.VECTOR) {
      throw in.error(
          span,
          "unary expression only allowed on expressions of type scalar or instant vector, got "
              + Labels.quote(operand.type().text()));
    }
  }

  void binary(
      BinaryOperator operator,
      Expr left,
      Expr right,
      boolean bool,
      VectorMatching matching,
      Span span) {
    for (Expr side : List.of(left, right)) {
      if (side.type() != ValueType.SCALAR && side.type() != ValueType.VECTOR) {
        throw in.error(
            side.span(), "binary expression must contain only scalar and instant vector types");
      }
    }
    boolean bothScalar = left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR;
    boolean bothVector = left.type() == ValueType.VECTOR && right.type() == ValueType.VECTOR;
    if (operator.comparison() && bothScalar && !bool) {
      throw in.error(span, "comparisons between scalars must use BOOL modifier");
    }
    boolean fills = matching.fillLeft() != null || matching.fillRight() != null;
    if (!bothVector) {
      if (operator.set()) {
        throw in.error(
            span,
            "set operator \"" + operator.text() + "\" not allowed in binary scalar expression");
      }
      if (!matching.labels().isEmpty()) {
        throw in.error(span, "vector matching only allowed between instant vectors");
      }
      if (fills) {
        throw in.error(span, "filling in missing series only allowed between instant vectors");
      }
    } else if (operator.set()) {
      if (matching.cardinality() != Cardinality.ONE_TO_ONE) {
        throw in.error(span, "no grouping allowed for \"" + operator.text() + "\" operation");
      }
      if (fills) {
        throw in.error(span, "filling in missing series not allowed for set operators");
      }
    }
  }

  void aggregate(Aggregation operation, List<Expr> arguments, Span span) {
    if (arguments.isEmpty()) {
      throw in.error(span, "no arguments for aggregate expression provided");
    }
    int wanted = operation.parametrised() ? 2 : 1;
    if (arguments.size() != wanted) {
      throw in.error(
          span,
          "wrong number of arguments for aggregate expression provided, expected "
              + wanted
              + ", got "
              + arguments.size());
    }
    type(arguments.get(wanted - 1), ValueType.VECTOR, "aggregation expression");
    if (wanted == 2) {
      boolean text = operation == Aggregation.COUNT_VALUES;
      type(arguments.get(0), text ? ValueType.STRING : ValueType.SCALAR, "aggregation parameter");
    }
  }

  void call(Function function, List<Expr> arguments, Span span) {
    int got = arguments.size();
    if (got < function.fewest() || got > function.most()) {
      String bound =
          function.fewest() == function.most()
              ? "expected " + function.fewest()
              : got < function.fewest()
                  ? "expected at least " + function.fewest()
                  : "expected at most " + function.most();
      throw in.error(
          span,
          bound + " argument(s) in call to " + Labels.quote(function.text()) + ", got " + got);
    }
    for (int i = 0; i < got; i++) {
      type(
          arguments.get(i),
          function.parameter(i),
          "call to function " + Labels.quote(function.text()));
    }
    if (function == Function.INFO && got == 2) {
      Expr labels = arguments.get(1);
      if (!(labels instanceof Expr.VectorSelector selector)) {
        throw in.error(labels.span(), "expected label selectors only");
      }
      if (!selector.name().isEmpty()) {
        throw in.error(labels.span(), "expected label selectors only, got vector selector instead");
      }
    }
  }

  private void type(Expr expr, ValueType wanted, String context) {
    if (expr.type() != wanted) {
      throw in.error(
          expr.span(),
          "expected type " + wanted.text() + " in " + context + ", got " + expr.type().text());
    }
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.Reach;
import java.util.ArrayList;
import java.util.List;

/**
 * Which parts of a query those who hold the series can evaluate, each over its own: aggregations
 * that are folds, of selectors or of functions of one, so that what a series gives depends on
 * nothing but itself.
 */
final class Pushdown {
  private Pushdown() {}

  /** Every aggregation of an expression, the outer ones first. Their places name them. */
  static List<Expr.Aggregate> aggregates(Expr expr) {
    List<Expr.Aggregate> found = new ArrayList<>();
    collect(expr, found);
    return found;
  }

  private static void collect(Expr expr, List<Expr.Aggregate> to) {
    if (expr instanceof Expr.Aggregate aggregate) {
      to.add(aggregate);
    }
    operands(expr).forEach(operand -> collect(operand, to));
  }

  private static List<Expr> operands(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral ignored -> List.of();
      case Expr.TextLiteral ignored -> List.of();
      case Expr.VectorSelector ignored -> List.of();
      case Expr.MatrixSelector ignored -> List.of();
      case Expr.Paren paren -> List.of(paren.expr());
      case Expr.Unary unary -> List.of(unary.expr());
      case Expr.Binary binary -> List.of(binary.left(), binary.right());
      case Expr.Call call -> call.arguments();
      case Expr.Subquery subquery -> List.of(subquery.expr());
      case Expr.Aggregate aggregate ->
          aggregate.parameter() == null
              ? List.of(aggregate.expr())
              : List.of(aggregate.parameter(), aggregate.expr());
    };
  }

  static boolean fits(Expr.Aggregate aggregate) {
    return Fold.folds(aggregate.operation())
        && !Aggregations.groupsByName(aggregate)
        && switch (Expr.unwrap(aggregate.expr())) {
          case Expr.VectorSelector selector -> selector.reach() != Reach.SMOOTHED;
          case Expr.Call call -> call.function().takesRange() && ofOneSelector(call);
          default -> false;
        };
  }

  /** Whether the range is a selector's, and nothing else of the call depends on stored series. */
  private static boolean ofOneSelector(Expr.Call call) {
    boolean range = false;
    for (Expr argument : call.arguments()) {
      if (Expr.unwrap(argument) instanceof Expr.MatrixSelector) {
        range = true;
      } else if (readsSeries(argument)) {
        return false;
      }
    }
    return range;
  }

  private static boolean readsSeries(Expr expr) {
    return expr instanceof Expr.VectorSelector
        || expr instanceof Expr.MatrixSelector
        || operands(expr).stream().anyMatch(Pushdown::readsSeries);
  }
}

package io.aom.metrics.promql;

/** Tells expressions that mean the same at every step, because they look at fixed times only. */
final class StepInvariance {
  private StepInvariance() {}

  /**
   * Whether an expression needs to be evaluated once only. As in Prometheus the parameter of an
   * aggregation does not count: it is taken at the first step then.
   */
  static boolean of(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral ignored -> true;
      case Expr.TextLiteral ignored -> true;
      case Expr.VectorSelector selector -> selector.shift().at() != null;
      case Expr.MatrixSelector matrix -> of(matrix.selector());
      case Expr.Subquery subquery -> subquery.shift().at() != null;
      case Expr.Paren paren -> of(paren.expr());
      case Expr.Unary unary -> of(unary.expr());
      case Expr.Binary binary -> ofChain(binary);
      case Expr.Aggregate aggregate -> of(aggregate.expr());
      case Expr.Call call -> ofCall(call);
    };
  }

  private static boolean ofChain(Expr.Binary last) {
    Expr left = last;
    while (left instanceof Expr.Binary binary) {
      if (!of(binary.right())) {
        return false;
      }
      left = binary.left();
    }
    return of(left);
  }

  private static boolean ofCall(Expr.Call call) {
    // The time of a sample is fixed with the selector's; that of a calculated value is the step's.
    boolean fixed =
        !call.function().looksAtTime()
            || (call.function() == Function.TIMESTAMP
                && Expr.unwrap(call.arguments().get(0)) instanceof Expr.VectorSelector);
    return fixed && call.arguments().stream().allMatch(StepInvariance::of);
  }
}

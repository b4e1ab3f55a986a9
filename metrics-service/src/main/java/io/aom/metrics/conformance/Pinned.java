package io.aom.metrics.conformance;

import io.aom.metrics.promql.Expr;
import io.aom.metrics.promql.Expr.TimeShift;
import io.aom.metrics.promql.Function;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query whose selectors all say {@code @} the time it is evaluated at, so that it must give the
 * same whenever it is evaluated. A subquery is pinned as a whole.
 */
final class Pinned {
  /** Functions of the query's own range, which is another one where it is asked again. */
  private static final EnumSet<Function> OF_QUERY =
      EnumSet.of(Function.START, Function.END, Function.STEP, Function.RANGE);

  private final TimeShift.At at;
  private boolean moving;

  private Pinned(long timeMillis) {
    this.at = new TimeShift.AtTime(timeMillis / 1000.0);
  }

  /** The pinned query, or null if its answer moves nevertheless. */
  static @Nullable Expr pin(Expr expr, long timeMillis) {
    Pinned pinned = new Pinned(timeMillis);
    Expr result = pinned.pinned(expr);
    return pinned.moving ? null : result;
  }

  /** Descends operators in a row too: unlike what clients send, queries of scripts are short. */
  private Expr pinned(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral number -> number;
      case Expr.TextLiteral text -> text;
      case Expr.VectorSelector selector -> pinned(selector);
      case Expr.MatrixSelector matrix ->
          new Expr.MatrixSelector(pinned(matrix.selector()), matrix.range(), matrix.span());
      case Expr.Subquery subquery ->
          new Expr.Subquery(
              subquery.expr(),
              subquery.range(),
              subquery.step(),
              pinned(subquery.shift()),
              subquery.span());
      case Expr.Paren paren -> new Expr.Paren(pinned(paren.expr()), paren.span());
      case Expr.Unary unary -> new Expr.Unary(unary.negative(), pinned(unary.expr()), unary.span());
      case Expr.Binary binary ->
          new Expr.Binary(
              binary.operator(),
              pinned(binary.left()),
              pinned(binary.right()),
              binary.bool(),
              binary.matching(),
              binary.span());
      case Expr.Aggregate aggregate -> {
        Expr parameter = aggregate.parameter();
        yield new Expr.Aggregate(
            aggregate.operation(),
            pinned(aggregate.expr()),
            parameter == null ? null : pinned(parameter),
            aggregate.labels(),
            aggregate.without(),
            aggregate.span());
      }
      case Expr.Call call -> {
        moving |= call.function().looksAtTime() || OF_QUERY.contains(call.function());
        List<Expr> arguments = call.arguments().stream().map(this::pinned).toList();
        yield new Expr.Call(call.function(), arguments, call.span());
      }
    };
  }

  private Expr.VectorSelector pinned(Expr.VectorSelector selector) {
    return new Expr.VectorSelector(
        selector.name(),
        selector.matchers(),
        pinned(selector.shift()),
        selector.reach(),
        selector.span());
  }

  private TimeShift pinned(TimeShift shift) {
    TimeShift.At known = shift.at();
    return known instanceof TimeShift.AtTime ? shift : new TimeShift(at, shift.offset());
  }
}

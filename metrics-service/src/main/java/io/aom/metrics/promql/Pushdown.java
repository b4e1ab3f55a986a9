package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.Reach;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of a query those who hold the series can evaluate, each over its own: selectors and
 * functions of a selector's range, where what a series gives depends on nothing but itself; and
 * aggregations of these that are folds.
 */
final class Pushdown {
  /** Steps that are further apart take less to send than the samples between them. */
  private static final long FAR_MILLIS = 60_000;

  private Pushdown() {}

  /**
   * Each part of an expression with the place that names it, the outer ones first. Who asks and who
   * is asked count alike, in a rolling update of two versions too: the order must stay as it is.
   */
  static IdentityHashMap<Expr, Integer> places(Expr expr) {
    IdentityHashMap<Expr, Integer> places = new IdentityHashMap<>();
    for (Expr part : Expr.parts(expr)) {
      places.put(part, places.size());
    }
    return places;
  }

  /** The part at a place; null if there is none. */
  static @Nullable Expr at(int place, Expr expr) {
    List<Expr> parts = Expr.parts(expr);
    return place >= 0 && place < parts.size() ? parts.get(place) : null;
  }

  /** Whether a part can be evaluated so. */
  static boolean fits(Expr part) {
    return part instanceof Expr.Aggregate aggregate
        ? Fold.folds(aggregate.operation())
            && !Aggregations.groupsByName(aggregate)
            && selector(Expr.unwrap(aggregate.expr())) != null
        : selector(part) != null;
  }

  /**
   * Whether what a part gives takes less than the samples it is made of.
   *
   * @param grid the steps it is evaluated at
   */
  static boolean saves(Expr part, StepGrid grid) {
    Expr.VectorSelector selector = selector(part);
    if (selector == null) {
      return true; // Few groups of many series.
    }
    if (grid.isInstant()) {
      return part instanceof Expr.Call;
    }
    return grid.step() >= FAR_MILLIS && selector.shift().at() == null;
  }

  /** The only selector of what each series gives for itself; null if it is anything else. */
  private static Expr.@Nullable VectorSelector selector(Expr expr) {
    return switch (expr) {
      case Expr.VectorSelector selector when selector.reach() != Reach.SMOOTHED -> selector;
      case Expr.Call call when call.function().takesRange() -> onlySelector(call);
      default -> null;
    };
  }

  /** The selector whose range it is, if nothing else of the call depends on stored series. */
  private static Expr.@Nullable VectorSelector onlySelector(Expr.Call call) {
    Expr.VectorSelector only = null;
    for (Expr argument : call.arguments()) {
      if (Expr.unwrap(argument) instanceof Expr.MatrixSelector range) {
        only = range.selector();
      } else if (readsSeries(argument)) {
        return null;
      }
    }
    return only;
  }

  private static boolean readsSeries(Expr expr) {
    return Expr.parts(expr).stream()
        .anyMatch(
            part -> part instanceof Expr.VectorSelector || part instanceof Expr.MatrixSelector);
  }
}

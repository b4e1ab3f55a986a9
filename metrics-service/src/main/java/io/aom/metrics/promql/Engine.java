package io.aom.metrics.promql;

import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.promql.SeriesSource.Windows;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.RollupColumns;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates PromQL as Prometheus 3 does: ranges and lookback open on the left, names dropped when
 * the query is done. It works series by series over all steps. Holds no state; safe for concurrent
 * use.
 */
public final class Engine {
  private final EngineLimits limits;

  public Engine(EngineLimits limits) {
    this.limits = limits;
  }

  /**
   * @param query the text that {@code expr} was parsed from, for positions in remarks
   * @throws PromqlException if it cannot be answered
   */
  public QueryResult evaluate(
      String query, Expr expr, StepGrid grid, SeriesSource source, Patience patience) {
    try (QueryMemory.Account memory = QueryMemory.ENDLESS.open()) {
      return evaluate(query, expr, grid, source, patience, memory);
    }
  }

  /**
   * @param query the text that {@code expr} was parsed from, for positions in remarks
   * @param memory pays for what the query holds
   * @throws PromqlException if it cannot be answered
   */
  public QueryResult evaluate(
      String query,
      Expr expr,
      StepGrid grid,
      SeriesSource source,
      Patience patience,
      QueryMemory.Account memory) {
    if (!grid.isInstant() && expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
      throw new PromqlException(
          PromqlException.Kind.PARSE,
          "invalid expression type "
              + Labels.quote(expr.type().text())
              + " for range query, must be Scalar or instant Vector");
    }
    checkDurations(expr, grid);
    Budget budget = new Budget(limits, patience, memory);
    Collector collector =
        new Collector(
            grid, limits, source, Pushdown.places(expr), HistogramStatistics.selectors(expr));
    collector.visit(expr, grid);
    Annotations annotations = new Annotations(query);
    Evaluation evaluation = collector.evaluation(budget, annotations);
    Value value = evaluation.result(expr);
    return new QueryResult(
        value,
        grid,
        annotations.warnings(),
        annotations.infos(),
        budget.peakValues(),
        evaluation.sortNanos());
  }

  /**
   * As in Prometheus a query with a duration that is none is wrong, whatever it would look at. Of
   * several the same is told.
   */
  private static void checkDurations(Expr expr, StepGrid query) {
    for (Expr part : Expr.partsInPrometheusOrder(expr)) {
      switch (part) {
        case Expr.VectorSelector selector -> checkOffset(selector.shift(), query);
        case Expr.MatrixSelector matrix -> {
          matrix.range().positiveMillis(query);
          checkOffset(matrix.selector().shift(), query);
        }
        case Expr.Subquery subquery -> {
          checkOffset(subquery.shift(), query);
          if (subquery.step() != null) {
            subquery.step().positiveMillis(query);
          }
          subquery.range().positiveMillis(query);
        }
        default -> {}
      }
    }
  }

  private static void checkOffset(Expr.TimeShift shift, StepGrid query) {
    if (shift.offset() != null) {
      shift.offset().millis(query);
    }
  }

  /**
   * A part of a query, over the series of this source alone.
   *
   * @param query the text of the whole query
   * @param place of the part: its number, from 0, where each expression is counted before what it
   *     is made of
   * @param whole the steps of the whole query
   * @param grid the steps of the part
   * @return null if it cannot be evaluated so
   */
  public @Nullable PartialResult partial(
      String query,
      int place,
      StepGrid whole,
      StepGrid grid,
      SeriesSource source,
      Patience patience,
      QueryMemory.Account memory) {
    Expr wanted = Pushdown.at(place, Parser.parse(query));
    if (wanted == null || !Pushdown.fits(wanted)) {
      return null;
    }
    Collector collector =
        new Collector(
            whole, limits, source, new IdentityHashMap<>(), HistogramStatistics.selectors(wanted));
    collector.visit(wanted, grid);
    Evaluation evaluation =
        collector.evaluation(new Budget(limits, patience, memory), new Annotations(query));
    return wanted instanceof Expr.Aggregate aggregate
        ? new Aggregations(evaluation, aggregate, grid).partial()
        : evaluation.partial(wanted, grid);
  }

  /** How many columns {@link #partial} has for each group; 0 where it is null. */
  public static int partialColumns(String query, int place) {
    Expr wanted = Pushdown.at(place, Parser.parse(query));
    if (wanted == null || !Pushdown.fits(wanted)) {
      return 0;
    }
    return wanted instanceof Expr.Aggregate aggregate
        ? Fold.stateColumns(aggregate.operation())
        : 1;
  }

  /**
   * Finds every selector with the window it looks at; equal ones share a selection. Parts that
   * others evaluate have none.
   */
  private static final class Collector {
    private final StepGrid query;
    private final EngineLimits limits;
    private final List<Expr.VectorSelector> selectors = new ArrayList<>();
    private final List<Integer> selectionOf = new ArrayList<>();
    private final List<Selection> selections = new ArrayList<>();

    /** Numbers of selections that differ in nothing but their windows. */
    private final Map<Selection, List<Integer>> alike = new HashMap<>();

    private final IdentityHashMap<Expr.Call, Expr.VectorSelector> infoSelectors =
        new IdentityHashMap<>();
    private final SeriesSource source;
    private final IdentityHashMap<Expr, Integer> places;
    private final Set<Expr.VectorSelector> statistics;
    private final IdentityHashMap<Expr, List<PartialResult>> partials = new IdentityHashMap<>();

    /**
     * @param places of parts that others may evaluate
     * @param statistics selectors of whose histograms only counts and sums are wanted
     */
    Collector(
        StepGrid query,
        EngineLimits limits,
        SeriesSource source,
        IdentityHashMap<Expr, Integer> places,
        Set<Expr.VectorSelector> statistics) {
      this.query = query;
      this.limits = limits;
      this.source = source;
      this.places = places;
      this.statistics = statistics;
    }

    /** Over the series that the source has now. */
    Evaluation evaluation(Budget budget, Annotations annotations) {
      List<SeriesSet> selected = selections.isEmpty() ? List.of() : source.select(selections);
      IdentityHashMap<Expr.VectorSelector, SeriesSet> data = new IdentityHashMap<>();
      for (int i = 0; i < selectors.size(); i++) {
        data.put(selectors.get(i), selected.get(selectionOf.get(i)));
      }
      return new Evaluation(
          query, limits, budget, annotations, data, infoSelectors, partials, statistics);
    }

    private boolean pushed(Expr expr, StepGrid grid) {
      Integer place = places.get(expr);
      if (place == null || !Pushdown.fits(expr) || !Pushdown.saves(expr, grid)) {
        return false;
      }
      List<PartialResult> found = source.partials(place, query, grid);
      if (found == null) {
        return false;
      }
      partials.put(expr, found);
      return true;
    }

    void visit(Expr expr, StepGrid grid) {
      if (!pushed(expr, grid)) {
        visitHere(expr, grid);
      }
    }

    /** Finds the selectors of what is evaluated here itself; others may evaluate its operands. */
    private void visitHere(Expr expr, StepGrid grid) {
      switch (expr) {
        case Expr.NumberLiteral ignored -> {}
        case Expr.TextLiteral ignored -> {}
        case Expr.Paren paren -> visit(paren.expr(), grid);
        case Expr.Unary unary -> visit(unary.expr(), grid);
        case Expr.Binary last -> {
          Deque<Expr.Binary> chain = Expr.chain(last);
          visit(chain.element().left(), grid);
          chain.forEach(binary -> visit(binary.right(), grid));
        }
        case Expr.Aggregate aggregate -> {
          if (aggregate.parameter() != null) {
            visit(aggregate.parameter(), grid);
          }
          if (Pushdown.fits(aggregate)) { // Who could not tell groups could not tell series.
            visitHere(Expr.unwrap(aggregate.expr()), grid);
          } else {
            visit(aggregate.expr(), grid);
          }
        }
        case Expr.Call call -> visitCall(call, grid);
        case Expr.VectorSelector selector -> {
          // Restarts of counts are told by the histogram before.
          boolean newest =
              grid.isInstant()
                  && selector.reach() == Expr.Reach.PLAIN
                  && !statistics.contains(selector);
          add(selector, grid, 0, newest, RollupRanges.KINDS_OF_NEWEST, false);
        }
        case Expr.MatrixSelector matrix -> addRange(matrix, grid, null);
        case Expr.Subquery subquery -> {
          StepGrid inner = SelectorTimes.subqueryGrid(subquery, grid, query, limits);
          if (inner != null) {
            visit(subquery.expr(), inner);
          }
        }
      }
    }

    private void visitCall(Expr.Call call, StepGrid grid) {
      if (call.function() == Function.INFO) {
        visit(call.arguments().get(0), grid);
        Expr.VectorSelector selector = InfoFunction.selector(call, query);
        infoSelectors.put(call, selector);
        add(selector, grid, 0, false, null, false);
        return;
      }
      for (Expr argument : call.arguments()) {
        if (Expr.unwrap(argument) instanceof Expr.MatrixSelector matrix) {
          addRange(matrix, grid, call.function());
        } else if (call.function().takesTimes()
            && Expr.unwrap(argument) instanceof Expr.VectorSelector selector) {
          visitHere(selector, grid);
        } else {
          visit(argument, grid);
        }
      }
    }

    private void addRange(Expr.MatrixSelector matrix, StepGrid grid, @Nullable Function function) {
      add(
          matrix.selector(),
          grid,
          matrix.range().positiveMillis(query),
          false,
          function == null ? null : RollupRanges.kinds(function),
          function == Function.RATE || function == Function.INCREASE);
    }

    /**
     * @param kinds what of a rollup will do; null if nothing
     */
    private void add(
        Expr.VectorSelector selector,
        StepGrid grid,
        long range,
        boolean newest,
        @Nullable Set<RollupColumns.Kind> kinds,
        boolean growth) {
      SelectorTimes times = new SelectorTimes(selector.shift(), grid, query);
      boolean plain = selector.reach() == Expr.Reach.PLAIN;
      long back = range + (range == 0 || !plain ? limits.lookbackMillis() : 0);
      long ahead = selector.reach() == Expr.Reach.SMOOTHED ? limits.lookbackMillis() : 0;
      int windows = times.isFixed() ? 1 : grid.count();
      Selection selection =
          new Selection(
              selector.matchers(),
              times.first() - back,
              times.last() + ahead,
              newest,
              kinds == null || !plain
                  ? null
                  : new Windows(times.first(), grid.step(), windows, range, kinds, growth));
      selectors.add(selector);
      selectionOf.add(shared(selection));
    }

    /** Number of a selection that has what this one needs. */
    private int shared(Selection wanted) {
      Selection anywhen =
          new Selection(
              wanted.matchers(), wanted.afterMillis(), wanted.untilMillis(), wanted.newestOnly());
      List<Integer> others = alike.computeIfAbsent(anywhen, key -> new ArrayList<>(1));
      for (int i : others) {
        Selection known = selections.get(i);
        Windows windows = known.windows();
        Windows more = wanted.windows();
        if (windows == null || more == null || windows.sameTimes(more)) {
          Windows both = windows == null || more == null ? null : windows.plus(more);
          selections.set(
              i,
              new Selection(
                  known.matchers(),
                  known.afterMillis(),
                  known.untilMillis(),
                  known.newestOnly(),
                  both));
          return i;
        }
      }
      others.add(selections.size());
      selections.add(wanted);
      return selections.size() - 1;
    }
  }
}

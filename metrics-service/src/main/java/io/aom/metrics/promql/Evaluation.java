package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.Reach;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** One query under evaluation. Used by one thread. */
final class Evaluation {
  final StepGrid query;
  final EngineLimits limits;
  final Budget budget;
  final Annotations annotations;
  private final IdentityHashMap<Expr.VectorSelector, SeriesSet> data;
  private final IdentityHashMap<Expr.Call, Expr.VectorSelector> infoSelectors;
  private final IdentityHashMap<Expr, List<PartialResult>> partials;
  private final Set<Expr.VectorSelector> statistics;
  private long sortNanos;

  Evaluation(
      StepGrid query,
      EngineLimits limits,
      Budget budget,
      Annotations annotations,
      IdentityHashMap<Expr.VectorSelector, SeriesSet> data,
      IdentityHashMap<Expr.Call, Expr.VectorSelector> infoSelectors,
      IdentityHashMap<Expr, List<PartialResult>> partials,
      Set<Expr.VectorSelector> statistics) {
    this.infoSelectors = infoSelectors;
    this.partials = partials;
    this.statistics = statistics;
    this.query = query;
    this.limits = limits;
    this.budget = budget;
    this.annotations = annotations;
    this.data = data;
  }

  Value result(Expr expr) {
    return switch (expr.type()) {
      case SCALAR -> new Value.Scalar(scalar(expr, query));
      case STRING -> new Value.Text(text(expr));
      case VECTOR -> new Value.Vector(finished(vector(expr, query), !query.isInstant()));
      case MATRIX -> new Value.Matrix(matrix(expr));
    };
  }

  /** Drops names that no longer fit; series that are then the same become one, if they can. */
  private List<StepSeries> finished(List<StepSeries> series, boolean sort) {
    List<StepSeries> named = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      if (one.isAllEmpty()) {
        continue;
      }
      named.add(one.dropsName() ? one.with(one.labels().withoutMetricIdentity(), false) : one);
    }
    List<StepSeries> merged = merged(named);
    if (sort) {
      sort(merged, Comparator.comparing(StepSeries::labels));
    }
    return merged;
  }

  /**
   * Series with the same labels as one.
   *
   * @throws PromqlException if two have a sample at the same step
   */
  static List<StepSeries> merged(List<StepSeries> series) {
    Map<Labels, Integer> places = new HashMap<>(series.size() * 2);
    List<StepSeries> merged = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      Integer place = places.putIfAbsent(one.labels(), merged.size());
      if (place == null) {
        merged.add(one);
      } else {
        merged.set(place, together(merged.get(place), one));
      }
    }
    return merged;
  }

  static PromqlException sameLabels() {
    return PromqlException.execution("vector cannot contain metrics with the same labelset");
  }

  /**
   * Two series of the same labels as one; the name fits as it does where the one begins. As in
   * Prometheus, of a float and a histogram at the same step only the histogram is seen.
   */
  static StepSeries together(StepSeries a, StepSeries b) {
    double[] values = a.values().clone();
    int first = 0;
    while (first < values.length && !a.isPresent(first) && !b.isPresent(first)) {
      first++;
    }
    boolean beginsWithB = first < values.length && !a.isPresent(first);
    StepSeries both =
        new StepSeries(a.labels(), beginsWithB ? b.dropsName() : a.dropsName(), values);
    for (int i = 0; i < values.length; i++) {
      FloatHistogram ofA = a.histogram(i);
      FloatHistogram ofB = b.histogram(i);
      if ((a.isFloat(i) && b.isFloat(i)) || (ofA != null && ofB != null)) {
        throw sameLabels();
      }
      FloatHistogram histogram = ofA != null ? ofA : ofB;
      if (histogram != null) {
        values[i] = StepSeries.EMPTY;
        both.set(i, histogram);
      } else if (b.isFloat(i)) {
        values[i] = b.value(i);
      }
    }
    return both;
  }

  private List<Points> matrix(Expr expr) {
    Ranges ranges =
        Expr.unwrap(expr) instanceof Expr.Subquery subquery
            ? subqueryRanges(subquery, query, Points::ofResult)
            : ranges(expr, query);
    Map<Labels, Points> result = new HashMap<>();
    long end = ranges.times().at(0);
    for (int i = 0; i < ranges.size(); i++) {
      Points points = ranges.points(i);
      Points window =
          ranges.reach() == Reach.PLAIN
              ? points.window(end - ranges.rangeMillis(), end)
              : ExtendedRanges.samples(points, ranges, limits.lookbackMillis());
      if (window != null) {
        budget.charge(2L * (window.floatCount + window.histograms.length));
        Labels labels =
            window.dropsName ? window.labels().withoutMetricIdentity() : window.labels();
        result.merge(labels, window.with(labels), Points::together);
      }
    }
    List<Points> sorted = new ArrayList<>(result.values());
    sort(sorted, Comparator.comparing(Points::labels));
    return sorted;
  }

  private <T> void sort(List<T> result, Comparator<T> order) {
    long began = System.nanoTime();
    result.sort(order);
    sortNanos = System.nanoTime() - began;
  }

  /** What bringing the result into order took; 0 if it has none. */
  long sortNanos() {
    return sortNanos;
  }

  String text(Expr expr) {
    return switch (Expr.unwrap(expr)) {
      case Expr.TextLiteral text -> text.value();
      default -> throw PromqlException.execution("expected a string: " + expr);
    };
  }

  /** A number for each step. */
  double[] scalar(Expr expr, StepGrid grid) {
    return switch (expr) {
      case Expr.NumberLiteral number -> constant(number.value(), grid);
      case Expr.Paren paren -> scalar(paren.expr(), grid);
      case Expr.Unary unary -> scalarUnary(unary, grid);
      case Expr.Binary binary -> scalarChain(binary, grid);
      case Expr.Call call -> scalarCall(call, grid);
      default -> throw PromqlException.execution("expected a scalar: " + expr);
    };
  }

  private double[] scalarUnary(Expr.Unary unary, StepGrid grid) {
    double[] values = scalar(unary.expr(), grid);
    if (!unary.negative()) {
      return values;
    }
    double[] negated = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      negated[i] = -values[i];
    }
    return negated;
  }

  private double[] scalarChain(Expr.Binary last, StepGrid grid) {
    Deque<Expr.Binary> chain = Expr.chain(last);
    double[] values = scalar(chain.element().left(), grid);
    for (Expr.Binary one : chain) {
      values = scalarBinary(one.operator(), values, scalar(one.right(), grid));
      budget.work(values.length);
    }
    return values;
  }

  private static double[] scalarBinary(BinaryOperator operator, double[] left, double[] right) {
    double[] values = new double[left.length];
    if (operator.trims()) {
      throw PromqlException.execution(
          "operator " + Labels.quote(operator.text()) + " not allowed for Scalar operations");
    }
    for (int i = 0; i < values.length; i++) {
      values[i] =
          operator.comparison()
              ? (operator.compare(left[i], right[i]) ? 1 : 0)
              : operator.apply(left[i], right[i]);
    }
    return values;
  }

  static double[] constant(double value, StepGrid grid) {
    double[] values = new double[grid.count()];
    Arrays.fill(values, value);
    return values;
  }

  private double[] scalarCall(Expr.Call call, StepGrid grid) {
    return switch (call.function()) {
      case PI -> constant(Math.PI, grid);
      case START -> constant(query.start() / 1000.0, grid);
      case END -> constant(query.end() / 1000.0, grid);
      // Of a range with a single step it is 0 too, unlike in durations.
      case STEP -> constant(query.start() == query.end() ? 0 : query.step() / 1000.0, grid);
      case RANGE -> constant((query.end() - query.start()) / 1000.0, grid);
      case TIME -> times(grid);
      case MIN_OF, MAX_OF -> extremes(call, grid);
      case SCALAR_OF -> onlyFloats(vector(call.arguments().get(0), grid), grid);
      default -> throw PromqlException.execution("expected a scalar: " + call);
    };
  }

  private static double[] times(StepGrid grid) {
    double[] values = new double[grid.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = grid.at(i) / 1000.0;
    }
    return values;
  }

  private double[] extremes(Expr.Call call, StepGrid grid) {
    double[] left = scalar(call.arguments().get(0), grid);
    double[] right = scalar(call.arguments().get(1), grid);
    boolean least = call.function() == Function.MIN_OF;
    double[] values = new double[left.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = least ? Numbers.lesser(left[i], right[i]) : Numbers.greater(left[i], right[i]);
    }
    return values;
  }

  /** Where exactly one series has a float, that; else NaN. */
  private static double[] onlyFloats(List<StepSeries> series, StepGrid grid) {
    double[] values = constant(Double.NaN, grid);
    for (int i = 0; i < values.length; i++) {
      int found = 0;
      for (StepSeries one : series) {
        if (one.isFloat(i)) {
          found++;
          values[i] = one.value(i);
        }
      }
      if (found != 1) {
        values[i] = Double.NaN;
      }
    }
    return values;
  }

  List<StepSeries> vector(Expr expr, StepGrid grid) {
    Budget.Mark held = budget.mark();
    List<StepSeries> series =
        switch (expr) {
          case Expr one when repeats(one, grid) -> repeated(one, grid);
          case Expr.Paren paren -> vector(paren.expr(), grid);
          case Expr.VectorSelector selector when !partials.containsKey(selector) ->
              select(selector, grid, NewestSamples.Wanted.VALUE);
          case Expr.VectorSelector selector -> told(selector, false, grid);
          case Expr.Unary unary -> unary(unary, grid);
          case Expr.Binary binary -> chain(binary, grid, held);
          case Expr.Aggregate aggregate -> new Aggregations(this, aggregate, grid).evaluate();
          case Expr.Call call when !partials.containsKey(call) ->
              new FunctionCalls(this, call, grid).evaluate();
          case Expr.Call call -> told(call, !RangeFunctions.keepsName(call.function()), grid);
          default -> throw PromqlException.execution("expected an instant vector: " + expr);
        };
    settle(series, grid, held);
    return series;
  }

  private void settle(List<StepSeries> series, StepGrid grid, Budget.Mark held) {
    budget.work((long) series.size() * grid.count());
    budget.keepOnly(held, series.size(), grid.count()); // what the operands held is garbage now
  }

  /** Operators in a row, from the left. */
  private List<StepSeries> chain(Expr.Binary last, StepGrid grid, Budget.Mark held) {
    Deque<Expr.Binary> chain = Expr.chain(last);
    boolean repeats = repeats(chain.element().left(), grid);
    Expr.Binary repeated = null;
    List<StepSeries> series = null;
    for (Expr.Binary one : chain) {
      repeats = repeats && StepInvariance.of(one.right());
      if (one.type() == ValueType.SCALAR) {
        continue; // evaluated as an operand
      }
      if (repeats) {
        repeated = one;
        continue;
      }
      if (series == null && repeated != null) {
        series = repeated(repeated, grid);
      }
      if (series != null) {
        settle(series, grid, held); // what the last operator gives is settled as any vector
      }
      series = new BinaryOperations(this, one, grid).evaluate(series);
    }
    return Objects.requireNonNull(series);
  }

  /** Whether what the first step gives holds at all of them; others evaluate all steps anyway. */
  private boolean repeats(Expr expr, StepGrid grid) {
    return grid.count() > 1 && partials.isEmpty() && StepInvariance.of(expr);
  }

  private List<StepSeries> repeated(Expr expr, StepGrid grid) {
    List<StepSeries> result = new ArrayList<>();
    for (StepSeries once : vector(expr, new StepGrid(grid.start(), grid.start(), grid.step()))) {
      StepSeries series = blank(once.labels(), once.dropsName(), grid);
      FloatHistogram histogram = once.histogram(0);
      Arrays.fill(series.values(), once.value(0));
      for (int i = 0; i < series.steps() && histogram != null; i++) {
        series.set(i, histogram);
      }
      result.add(series);
    }
    return result;
  }

  private List<StepSeries> unary(Expr.Unary unary, StepGrid grid) {
    List<StepSeries> operand = vector(unary.expr(), grid);
    if (!unary.negative()) {
      return operand;
    }
    List<StepSeries> result = new ArrayList<>(operand.size());
    for (StepSeries one : operand) {
      StepSeries negated = blank(one.labels(), true, grid);
      for (int i = 0; i < negated.steps(); i++) {
        FloatHistogram histogram = one.histogram(i);
        if (one.isFloat(i)) {
          negated.values()[i] = -one.value(i);
        } else if (histogram != null) {
          negated.set(i, histogram.negated());
        }
      }
      result.add(negated);
    }
    return result;
  }

  Expr.VectorSelector infoSelector(Expr.Call call) {
    Expr.VectorSelector selector = infoSelectors.get(call);
    if (selector == null) {
      throw new IllegalStateException("info without its selector: " + call);
    }
    return selector;
  }

  /** What others have evaluated of a part; null if it is to be evaluated here. */
  @Nullable List<PartialResult> partials(Expr part) {
    return partials.get(part);
  }

  /** The series that others have evaluated. */
  private List<StepSeries> told(Expr part, boolean dropsName, StepGrid grid) {
    List<StepSeries> all = new ArrayList<>();
    for (PartialResult told : partials.getOrDefault(part, List.of())) {
      annotations.add(told.remarks());
      for (int i = 0; i < told.groups().size(); i++) {
        budget.series(told.groups().get(i), grid.count());
        all.add(new StepSeries(told.groups().get(i), dropsName, told.columns().get(i)[0]));
      }
    }
    return all;
  }

  /** A part over the series that are here; null if it gives histograms. */
  @Nullable PartialResult partial(Expr part, StepGrid grid) {
    SeriesStream stream = stream(part, grid);
    if (stream == null) {
      return null;
    }
    List<Labels> labels = new ArrayList<>();
    List<double[][]> columns = new ArrayList<>();
    StepSeries scratch = StepSeries.blank(grid.count());
    for (int i = 0; i < stream.series().size(); i++) {
      boolean filled = stream.fill(i, scratch);
      budget.work(grid.count());
      if (scratch.histograms() != null) {
        return null;
      }
      if (filled && !scratch.isAllEmpty()) {
        Labels of = stream.series().labels(i);
        budget.series(of, grid.count());
        labels.add(of);
        columns.add(new double[][] {scratch.values()});
        scratch = StepSeries.blank(grid.count());
      }
    }
    return new PartialResult(true, labels, columns, annotations.remarks());
  }

  /** A series of which every place is empty, paid for. */
  StepSeries blank(Labels labels, boolean dropsName, StepGrid grid) {
    budget.series(labels, grid.count());
    return new StepSeries(labels, dropsName, StepSeries.empty(grid.count()));
  }

  SeriesSet dataOf(Expr.VectorSelector selector) {
    SeriesSet series = data.get(selector);
    if (series == null) {
      throw new IllegalStateException("selector without data: " + selector);
    }
    return series;
  }

  /**
   * The newest sample of each series at each step, no older than the lookback.
   *
   * @param wanted what of it
   */
  List<StepSeries> select(
      Expr.VectorSelector selector, StepGrid grid, NewestSamples.Wanted wanted) {
    if (selector.reach() != Reach.SMOOTHED || wanted != NewestSamples.Wanted.VALUE) {
      return SeriesStream.collect(newest(selector, grid, wanted), this, grid);
    }
    SelectorTimes at = new SelectorTimes(selector.shift(), grid, query);
    SmoothedInstants smoothed = new SmoothedInstants(this, selector, grid);
    List<StepSeries> result = new ArrayList<>();
    SeriesSet series = dataOf(selector);
    for (int i = 0; i < series.size(); i++) {
      StepSeries found = smoothed.of(points(selector, series, i), at);
      if (found != null) {
        result.add(found);
      }
    }
    return result;
  }

  private Points points(Expr.VectorSelector selector, SeriesSet series, int number) {
    Points points = Points.of(series, number);
    return statistics.contains(selector) ? points.statistics() : points;
  }

  /** The expression's series one by one, if it is a selector or a function of one; else null. */
  @Nullable SeriesStream stream(Expr expr, StepGrid grid) {
    return switch (expr) {
      case Expr.Paren paren -> stream(paren.expr(), grid);
      case Expr.VectorSelector selector when selector.reach() != Reach.SMOOTHED ->
          newest(selector, grid, NewestSamples.Wanted.VALUE);
      case Expr.Call call when call.function().takesRange() ->
          new RangeFunctions(this, call, grid).stream();
      default -> null;
    };
  }

  private SeriesStream newest(
      Expr.VectorSelector selector, StepGrid grid, NewestSamples.Wanted wanted) {
    return new NewestSamples(
        dataOf(selector),
        new SelectorTimes(selector.shift(), grid, query),
        wanted,
        limits.lookbackMillis(),
        statistics.contains(selector),
        budget);
  }

  /**
   * Samples for a range function, series by series.
   *
   * @param times ends of the windows
   */
  record Ranges(
      int size,
      IntFunction<Points> source,
      SelectorTimes times,
      long rangeMillis,
      Reach reach,
      boolean subquery) {

    /** Valid until another series is asked for. */
    Points points(int series) {
      return source.apply(series);
    }
  }

  Ranges ranges(Expr expr, StepGrid grid) {
    return switch (Expr.unwrap(expr)) {
      case Expr.MatrixSelector matrix -> selectedRanges(matrix, grid);
      case Expr.Subquery subquery -> subqueryRanges(subquery, grid, Points::ofSubquery);
      default -> throw PromqlException.execution("expected a range vector: " + expr);
    };
  }

  private Ranges selectedRanges(Expr.MatrixSelector matrix, StepGrid grid) {
    Expr.VectorSelector selector = matrix.selector();
    DurationExpr range = matrix.range();
    SeriesSet series = dataOf(selector);
    return new Ranges(
        series.size(),
        number -> points(selector, series, number),
        new SelectorTimes(selector.shift(), grid, query),
        range.positiveMillis(query),
        selector.reach(),
        false);
  }

  private Ranges subqueryRanges(
      Expr.Subquery subquery, StepGrid grid, BiFunction<StepSeries, StepGrid, Points> samples) {
    StepGrid inner = SelectorTimes.subqueryGrid(subquery, grid, query, limits);
    List<Points> points = new ArrayList<>();
    if (inner != null) {
      for (StepSeries one : vector(subquery.expr(), inner)) {
        points.add(samples.apply(one, inner));
      }
    }
    return new Ranges(
        points.size(),
        points::get,
        new SelectorTimes(subquery.shift(), grid, query),
        subquery.range().millis(query),
        Reach.PLAIN,
        true);
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.Evaluation.Ranges;
import io.aom.metrics.promql.Expr.Reach;
import io.aom.metrics.series.RollupColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One call of a function over a range of each series' samples. */
final class RangeFunctions {
  private final Evaluation evaluation;
  private final Expr.Call call;
  private final StepGrid grid;
  private final Function function;
  private final Expr rangeArgument;
  private final Span span;
  private final Window window = new Window();
  private final CounterRanges counters;
  private final FloatRanges floats;
  private final RollupRanges rollups;
  private double[] first = {};
  private double[] second = {};

  RangeFunctions(Evaluation evaluation, Expr.Call call, StepGrid grid) {
    this.evaluation = evaluation;
    this.call = call;
    this.grid = grid;
    this.function = call.function();
    this.rangeArgument = call.arguments().get(function == Function.QUANTILE_OVER_TIME ? 1 : 0);
    this.span = Expr.argumentSpan(rangeArgument);
    this.counters = new CounterRanges(evaluation.annotations, span, window);
    this.rollups = new RollupRanges(function, counters);
    // Prometheus names the first argument here, whichever is the range.
    Span ignored = Expr.argumentSpan(call.arguments().get(0));
    this.floats = new FloatRanges(evaluation.annotations, call, ignored, grid, window);
  }

  List<StepSeries> evaluate() {
    SeriesStream stream = stream();
    if (stream != null) {
      return SeriesStream.collect(stream, evaluation, grid);
    }
    Ranges ranges = prepare();
    List<StepSeries> result = new ArrayList<>(ranges.size());
    for (int i = 0; i < ranges.size(); i++) {
      Points points = ranges.points(i);
      StepSeries to = evaluation.blank(points.labels(), points.dropsName || !keepsName(), grid);
      evaluate(points, ranges, to);
      result.add(to);
    }
    return result;
  }

  /** The results one by one, if the range is of a selector; else null. */
  @Nullable SeriesStream stream() {
    if (!(Expr.unwrap(rangeArgument) instanceof Expr.MatrixSelector matrix)) {
      return null;
    }
    Ranges ranges = prepare();
    SeriesSet series = evaluation.dataOf(matrix.selector());
    return new SeriesStream() {
      @Override
      public SeriesSet series() {
        return series;
      }

      @Override
      public boolean dropsName() {
        return !keepsName();
      }

      @Override
      public boolean fill(int number, StepSeries to) {
        RollupColumns rolled = series.rollup(number);
        if (rolled == null) {
          evaluate(ranges.points(number), ranges, to);
        } else {
          evaluation.budget.work(rolled.size());
          rollups.evaluate(Points.ofNone(series, number), rolled, ranges, to);
        }
        return true;
      }
    };
  }

  private boolean keepsName() {
    return keepsName(function);
  }

  /** Whether the metric's name still fits what a function gives. */
  static boolean keepsName(Function function) {
    return function == Function.LAST_OVER_TIME || function == Function.FIRST_OVER_TIME;
  }

  private Ranges prepare() {
    // As in Prometheus the range comes first, so that the remarks of the others point at them.
    Ranges ranges = evaluation.ranges(rangeArgument, grid);
    switch (function) {
      case QUANTILE_OVER_TIME -> first = evaluation.scalar(call.arguments().get(0), grid);
      case PREDICT_LINEAR -> first = evaluation.scalar(call.arguments().get(1), grid);
      case DOUBLE_EXPONENTIAL_SMOOTHING -> {
        first = evaluation.scalar(call.arguments().get(1), grid);
        second = evaluation.scalar(call.arguments().get(2), grid);
      }
      default -> {}
    }
    ExtendedRanges.check(function, ranges.reach());
    checkSmoothing(first, second, ranges);
    return ranges;
  }

  private void checkSmoothing(double[] smoothing, double[] trend, Ranges ranges) {
    if (function != Function.DOUBLE_EXPONENTIAL_SMOOTHING) {
      return;
    }
    for (int series = 0; series < ranges.size(); series++) {
      Points points = ranges.points(series);
      for (int i = 0; i < smoothing.length; i++) {
        long end = ranges.times().at(i);
        boolean inside = smoothing[i] > 0 && smoothing[i] < 1 && trend[i] > 0 && trend[i] < 1;
        if (!inside && points.anyIn(end - ranges.rangeMillis(), end)) {
          refuseSmoothing("smoothing factor. Expected: 0 < sf < 1", smoothing[i]);
          refuseSmoothing("trend factor. Expected: 0 < tf < 1", trend[i]);
        }
      }
    }
  }

  private static void refuseSmoothing(String what, double value) {
    if (value <= 0 || value >= 1) {
      String number =
          Double.isFinite(value)
              ? String.format(Locale.ROOT, "%f", value)
              : Numbers.formatShort(value);
      throw PromqlException.execution("invalid " + what + ", got: " + number);
    }
  }

  private void evaluate(Points points, Ranges ranges, StepSeries to) {
    SelectorTimes times = ranges.times();
    boolean rate =
        function == Function.RATE || function == Function.INCREASE || function == Function.DELTA;
    evaluation.budget.work(points.floatCount + points.histograms.length);
    if (rate
        && ranges.reach() == Reach.PLAIN
        && points.histograms.length == 0
        && (points.starts == null || function == Function.DELTA)
        && (grid.isInstant() || !times.isFixed())) {
      boolean counter = function != Function.DELTA;
      Rates.overGrid(
          points.floatTimes,
          points.floats,
          points.floatCount,
          counter,
          function == Function.RATE,
          times.at(0),
          grid.step(),
          ranges.rangeMillis(),
          to.values());
      if (counter && !to.isAllEmpty()) {
        counters.noteNoCounter(points);
      }
      return;
    }
    if (ranges.reach() != Reach.PLAIN) {
      new ExtendedRanges(evaluation, call, span).evaluate(points, ranges, to);
      if (function != Function.DELTA && rate && to.isAnyFloat()) {
        counters.noteNoCounter(points);
      }
      return;
    }
    window.reset(points, takesStarts());
    for (int i = 0; i < to.steps(); i++) {
      window.move(points, times.at(i), ranges.rangeMillis());
      evaluation.budget.work(window.floats());
      window.step = i;
      if (window.floats() == 0 && window.others() == 0) {
        continue;
      }
      window.result = null;
      double value = value(first.length > i ? first[i] : 0, second.length > i ? second[i] : 0);
      FloatHistogram histogram = window.result;
      if (histogram != null) {
        to.set(i, histogram);
      } else {
        to.values()[i] = value;
      }
    }
  }

  private boolean takesStarts() {
    return switch (function) {
      case RATE, IRATE, INCREASE, RESETS -> true;
      default -> false;
    };
  }

  private double value(double parameter, double other) {
    Window w = window;
    return switch (function) {
      case RATE -> counters.rate(true, true);
      case INCREASE -> counters.rate(true, false);
      case DELTA -> counters.rate(false, false);
      case IRATE -> counters.instantRate(true);
      case IDELTA -> counters.instantRate(false);
      case COUNT_OVER_TIME -> w.floats() + w.others();
      case PRESENT_OVER_TIME -> 1;
      case LAST_OVER_TIME -> edge(true);
      case FIRST_OVER_TIME -> edge(false);
      case TS_OF_LAST_OVER_TIME -> edgeTime(true) / 1000.0;
      case TS_OF_FIRST_OVER_TIME -> edgeTime(false) / 1000.0;
      case SUM_OVER_TIME, AVG_OVER_TIME -> sum(function == Function.AVG_OVER_TIME);
      case CHANGES -> Transitions.count(w, false);
      case RESETS -> Transitions.count(w, true);
      case DERIV -> floats.derivative(0, false);
      case PREDICT_LINEAR -> floats.derivative(parameter, true);
      default -> floats.value(parameter, other);
    };
  }

  private boolean histogramAtEdge(boolean last) {
    Window w = window;
    if (w.others() == 0 || w.floats() == 0) {
      return w.others() > 0;
    }
    return last
        ? w.histogramTimes[w.histogramTo - 1] > w.times[w.to - 1]
        : w.histogramTimes[w.histogramFrom] < w.times[w.from];
  }

  private double edge(boolean last) {
    Window w = window;
    if (histogramAtEdge(last)) {
      w.result = w.histograms[last ? w.histogramTo - 1 : w.histogramFrom];
      return StepSeries.EMPTY;
    }
    return last ? w.last() : w.first();
  }

  private long edgeTime(boolean last) {
    Window w = window;
    if (histogramAtEdge(last)) {
      return w.histogramTimes[last ? w.histogramTo - 1 : w.histogramFrom];
    }
    return w.times[last ? w.to - 1 : w.from];
  }

  private double sum(boolean average) {
    Window w = window;
    if (w.floats() > 0 && w.others() > 0) {
      evaluation.annotations.mixedInRange(span, w.labels());
      return StepSeries.EMPTY;
    }
    if (w.others() > 0) {
      Aggregations.HistogramSum sum = new Aggregations.HistogramSum();
      for (int i = w.histogramFrom; i < w.histogramTo; i++) {
        sum.add(w.histograms[i], w.labels());
      }
      sum.annotate(evaluation.annotations, span, true, false);
      w.result = average ? sum.mean() : sum.total();
      return StepSeries.EMPTY;
    }
    if (average) {
      MeanSum mean = new MeanSum();
      for (int i = w.from; i < w.to; i++) {
        mean.add(w.values[i]);
      }
      return mean.total();
    }
    KahanSum sum = new KahanSum();
    for (int i = w.from; i < w.to; i++) {
      sum.add(w.values[i]);
    }
    return sum.total();
  }
}

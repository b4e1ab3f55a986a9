package io.aom.metrics.promql;

import io.aom.metrics.promql.Evaluation.Ranges;
import io.aom.metrics.promql.Expr.Reach;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final Window window = new Window();
  private double[] scratch = new double[64];

  RangeFunctions(Evaluation evaluation, Expr.Call call, StepGrid grid) {
    this.evaluation = evaluation;
    this.call = call;
    this.grid = grid;
    this.function = call.function();
    this.rangeArgument = call.arguments().get(function == Function.QUANTILE_OVER_TIME ? 1 : 0);
  }

  /** The samples of one series that one step sees: floats and histograms {@code [from, to)}. */
  static final class Window {
    Labels labels = Labels.EMPTY;
    long[] times = {};
    double[] values = {};
    int from;
    int to;
    long[] histogramTimes = {};
    FloatHistogram[] histograms = {};
    int histogramFrom;
    int histogramTo;
    Points.@Nullable Starts starts;
    long start;
    long end;
    int step;
    @Nullable FloatHistogram result;

    int floats() {
      return to - from;
    }

    int others() {
      return histogramTo - histogramFrom;
    }

    double first() {
      return values[from];
    }

    double last() {
      return values[to - 1];
    }

    long start(int index) {
      Points.Starts known = starts;
      return known == null ? 0 : known.floats()[index];
    }

    long histogramStart(int index) {
      Points.Starts known = starts;
      return known == null ? 0 : known.histograms()[index];
    }

    /** Whether a counter began anew at a sample. */
    boolean restarts(int index) {
      return values[index] < values[index - 1]
          || (starts != null
              && Restarts.between(start(index - 1), times[index - 1], start(index), times[index]));
    }

    boolean histogramRestarts(int index) {
      return (starts != null
              && Restarts.between(
                  histogramStart(index - 1),
                  histogramTimes[index - 1],
                  histogramStart(index),
                  histogramTimes[index]))
          || histograms[index].isResetAfter(histograms[index - 1]);
    }
  }

  List<StepSeries> evaluate() {
    double[] first = new double[0];
    double[] second = new double[0];
    switch (function) {
      case QUANTILE_OVER_TIME -> first = evaluation.scalar(call.arguments().get(0), grid);
      case PREDICT_LINEAR -> first = evaluation.scalar(call.arguments().get(1), grid);
      case DOUBLE_EXPONENTIAL_SMOOTHING -> {
        first = evaluation.scalar(call.arguments().get(1), grid);
        second = evaluation.scalar(call.arguments().get(2), grid);
      }
      default -> {}
    }
    Ranges ranges = evaluation.ranges(rangeArgument, grid);
    ExtendedRanges.check(function, ranges.reach());
    checkSmoothing(first, second, ranges);
    boolean keepsName = function == Function.LAST_OVER_TIME || function == Function.FIRST_OVER_TIME;
    List<StepSeries> result = new ArrayList<>(ranges.points().size());
    for (Points points : ranges.points()) {
      StepSeries to = evaluation.blank(points.labels, points.dropsName || !keepsName, grid);
      evaluate(points, ranges, to, first, second);
      result.add(to);
    }
    return result;
  }

  private void checkSmoothing(double[] smoothing, double[] trend, Ranges ranges) {
    if (function != Function.DOUBLE_EXPONENTIAL_SMOOTHING) {
      return;
    }
    for (Points points : ranges.points()) {
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

  private void evaluate(
      Points points, Ranges ranges, StepSeries to, double[] first, double[] second) {
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
        noteNoCounter(points.labels);
      }
      return;
    }
    if (ranges.reach() != Reach.PLAIN) {
      new ExtendedRanges(evaluation, call, rangeArgument.span()).evaluate(points, ranges, to);
      return;
    }
    window.labels = points.labels;
    window.starts = takesStarts() ? points.starts : null;
    window.times = points.floatTimes;
    window.values = points.floats;
    window.from = 0;
    window.to = 0;
    window.histogramTimes = points.histogramTimes;
    window.histograms = points.histograms;
    window.histogramFrom = 0;
    window.histogramTo = 0;
    for (int i = 0; i < to.steps(); i++) {
      move(points, times.at(i), ranges.rangeMillis());
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

  private void move(Points points, long end, long rangeMillis) {
    window.end = end;
    window.start = end - rangeMillis;
    while (window.to < points.floatCount && points.floatTimes[window.to] <= end) {
      window.to++;
    }
    while (window.from < window.to && points.floatTimes[window.from] <= window.start) {
      window.from++;
    }
    while (window.histogramTo < points.histograms.length
        && points.histogramTimes[window.histogramTo] <= end) {
      window.histogramTo++;
    }
    while (window.histogramFrom < window.histogramTo
        && points.histogramTimes[window.histogramFrom] <= window.start) {
      window.histogramFrom++;
    }
    evaluation.budget.work(window.floats());
  }

  private void noteNoCounter(Labels labels) {
    String name = labels.metricName();
    String type = labels.get(Labels.TYPE);
    boolean named =
        name.endsWith("_total")
            || name.endsWith("_sum")
            || name.endsWith("_count")
            || name.endsWith("_bucket");
    if (!name.isEmpty() && !named && type.isEmpty()) {
      evaluation.annotations.maybeNoCounter(rangeArgument.span(), name);
    } else if (!type.isEmpty() && !type.equals("counter") && !type.equals("histogram")) {
      evaluation.annotations.maybeNoCounter(rangeArgument.span(), name, type);
    }
  }

  private double value(double first, double second) {
    Window w = window;
    return switch (function) {
      case RATE -> rate(true, true);
      case INCREASE -> rate(true, false);
      case DELTA -> rate(false, false);
      case IRATE -> instantRate(true);
      case IDELTA -> instantRate(false);
      case COUNT_OVER_TIME -> w.floats() + w.others();
      case PRESENT_OVER_TIME -> 1;
      case LAST_OVER_TIME -> edge(true);
      case FIRST_OVER_TIME -> edge(false);
      case TS_OF_LAST_OVER_TIME -> edgeTime(true) / 1000.0;
      case TS_OF_FIRST_OVER_TIME -> edgeTime(false) / 1000.0;
      case SUM_OVER_TIME, AVG_OVER_TIME -> sum(function == Function.AVG_OVER_TIME);
      case CHANGES -> transitions(w, false);
      case RESETS -> transitions(w, true);
      case DERIV -> derivative(0, false);
      case PREDICT_LINEAR -> derivative(first, true);
      default -> floatsOnly(first, second);
    };
  }

  /** Functions that look at floats and say so if they passed over histograms. */
  private double floatsOnly(double first, double second) {
    Window w = window;
    if (w.floats() == 0) {
      return StepSeries.EMPTY;
    }
    noteIgnored();
    return switch (function) {
      case MIN_OVER_TIME -> extreme(false, false);
      case MAX_OVER_TIME -> extreme(true, false);
      case TS_OF_MIN_OVER_TIME -> extreme(false, true);
      case TS_OF_MAX_OVER_TIME -> extreme(true, true);
      case STDVAR_OVER_TIME -> variance();
      case STDDEV_OVER_TIME -> Math.sqrt(variance());
      case QUANTILE_OVER_TIME -> quantile(first);
      case MAD_OVER_TIME -> medianDeviation();
      case DOUBLE_EXPONENTIAL_SMOOTHING -> smoothed(first, second);
      default -> throw PromqlException.execution("unknown function: " + call);
    };
  }

  private void noteIgnored() {
    if (window.others() > 0) {
      evaluation.annotations.ignoredInRange(rangeArgument.span(), window.labels);
    }
  }

  private double quantile(double phi) {
    if (!(phi >= 0 && phi <= 1)) {
      evaluation.annotations.quantileOutside(call.arguments().get(0).span(), phi);
    }
    return Quantiles.of(phi, gathered(), window.floats());
  }

  private double[] gathered() {
    int count = window.floats();
    if (scratch.length < count) {
      scratch = new double[count * 2];
    }
    System.arraycopy(window.values, window.from, scratch, 0, count);
    return scratch;
  }

  private double rate(boolean counter, boolean perSecond) {
    Window w = window;
    if (w.floats() > 0 && w.others() > 0) {
      evaluation.annotations.mixedInRange(rangeArgument.span(), w.labels);
      return StepSeries.EMPTY;
    }
    if (w.others() > 0) {
      w.result =
          HistogramRates.rate(evaluation.annotations, rangeArgument.span(), w, counter, perSecond);
      return StepSeries.EMPTY;
    }
    long firstTime = w.times[w.from];
    long lastTime = w.times[w.to - 1];
    long began = w.start(w.from);
    boolean sinceStart = counter && began != 0 && began > w.start && began < firstTime;
    if (w.floats() < 2 && !sinceStart) {
      return StepSeries.EMPTY;
    }
    double rise = w.last() - w.first();
    for (int i = w.from + 1; counter && i < w.to; i++) {
      if (w.restarts(i)) {
        rise += w.values[i - 1];
      }
    }
    if (counter) {
      noteNoCounter(w.labels);
      noteOverlap();
    }
    if (sinceStart) {
      return (rise + w.first())
          * Rates.factorSince(began, firstTime, lastTime, w.floats(), w.start, w.end, perSecond);
    }
    return Rates.extrapolated(
        rise, w.first(), firstTime, lastTime, w.floats(), w.start, w.end, counter, perSecond);
  }

  private void noteOverlap() {
    Window w = window;
    for (int i = w.from + 1; w.starts != null && i < w.to; i++) {
      if (Restarts.overlaps(w.start(i - 1), w.times[i - 1], w.start(i))) {
        evaluation.annotations.startOverlap(rangeArgument.span(), w.labels);
        return;
      }
    }
  }

  private double instantRate(boolean perSecond) {
    Window w = window;
    // The last two samples of any kind.
    int f = w.to - 1;
    int h = w.histogramTo - 1;
    if (w.floats() + w.others() < 2) {
      return StepSeries.EMPTY;
    }
    boolean lastFloat = f >= w.from && (h < w.histogramFrom || w.times[f] > w.histogramTimes[h]);
    int f2 = lastFloat ? f - 1 : f;
    int h2 = lastFloat ? h : h - 1;
    boolean beforeFloat =
        f2 >= w.from && (h2 < w.histogramFrom || w.times[f2] > w.histogramTimes[h2]);
    if (lastFloat != beforeFloat) {
      evaluation.annotations.mixedInRange(rangeArgument.span(), w.labels);
      return StepSeries.EMPTY;
    }
    if (!lastFloat) {
      w.result = HistogramRates.instant(evaluation.annotations, rangeArgument.span(), w, perSecond);
      return StepSeries.EMPTY;
    }
    double last = w.values[f];
    double before = w.values[f - 1];
    double change = perSecond && w.restarts(f) ? last : last - before;
    long millis = w.times[f] - w.times[f - 1];
    if (millis == 0) {
      return StepSeries.EMPTY;
    }
    return perSecond ? change / (millis / 1000.0) : change;
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
      evaluation.annotations.mixedInRange(rangeArgument.span(), w.labels);
      return StepSeries.EMPTY;
    }
    if (w.others() > 0) {
      Aggregations.HistogramSum sum = new Aggregations.HistogramSum();
      for (int i = w.histogramFrom; i < w.histogramTo; i++) {
        sum.add(w.histograms[i], w.labels);
      }
      sum.annotate(evaluation.annotations, rangeArgument.span());
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

  /** How often the value changes from sample to sample, or a counter only restarts. */
  static double transitions(Window w, boolean resets) {
    int count = 0;
    int f = w.from;
    int h = w.histogramFrom;
    boolean lastFloat = false;
    boolean any = false;
    while (f < w.to || h < w.histogramTo) {
      boolean isFloat = f < w.to && (h == w.histogramTo || w.times[f] < w.histogramTimes[h]);
      if (any && isFloat != lastFloat) {
        count++;
      } else if (any && isFloat) {
        count += (resets ? w.restarts(f) : differs(w.values[f], w.values[f - 1])) ? 1 : 0;
      } else if (any) {
        count += (resets ? w.histogramRestarts(h) : changes(w, h)) ? 1 : 0;
      }
      if (isFloat) {
        f++;
      } else {
        h++;
      }
      lastFloat = isFloat;
      any = true;
    }
    return count;
  }

  private static boolean changes(Window w, int histogram) {
    return !w.histograms[histogram].sameContent(w.histograms[histogram - 1]);
  }

  private static boolean differs(double a, double b) {
    return a != b && !(Double.isNaN(a) && Double.isNaN(b));
  }

  private double derivative(double ahead, boolean predict) {
    Window w = window;
    if (w.floats() < 2) {
      if (w.floats() == 1) {
        noteIgnored();
      }
      return StepSeries.EMPTY;
    }
    noteIgnored();
    // A prediction starts at the evaluation's own time, whatever the selector's offset.
    long origin = predict ? grid.at(w.step) : w.times[w.from];
    return regression(origin, ahead, predict);
  }

  /** Least squares; for a constant series exactly that constant. */
  private double regression(long origin, double ahead, boolean predict) {
    Window w = window;
    double initial = w.first();
    boolean constant = true;
    KahanSum sumX = new KahanSum();
    KahanSum sumY = new KahanSum();
    KahanSum sumXy = new KahanSum();
    KahanSum sumX2 = new KahanSum();
    int n = w.floats();
    for (int i = w.from; i < w.to; i++) {
      double x = (w.times[i] - origin) / 1000.0;
      double y = w.values[i];
      constant &= y == initial;
      sumX.add(x);
      sumY.add(y);
      sumXy.add(x * y);
      sumX2.add(x * x);
    }
    double slope;
    double intercept;
    if (constant) {
      if (Double.isInfinite(initial)) {
        return Double.NaN;
      }
      slope = 0;
      intercept = initial;
    } else {
      double covariance = sumXy.total() - sumX.total() * sumY.total() / n;
      double variance = sumX2.total() - sumX.total() * sumX.total() / n;
      slope = covariance / variance;
      intercept = sumY.total() / n - slope * sumX.total() / n;
    }
    return predict ? slope * ahead + intercept : slope;
  }

  private double extreme(boolean greatest, boolean wantTime) {
    Window w = window;
    int best = w.from;
    for (int i = w.from + 1; i < w.to; i++) {
      double value = w.values[i];
      double held = w.values[best];
      // Of equals the last one counts for the time.
      boolean better =
          wantTime
              ? (greatest ? value >= held : value <= held)
              : (greatest ? value > held : value < held);
      if (better || Double.isNaN(held)) {
        best = i;
      }
    }
    return wantTime ? w.times[best] / 1000.0 : w.values[best];
  }

  private double variance() {
    Window w = window;
    double mean = 0;
    double meanLost = 0;
    KahanSum squares = new KahanSum();
    long count = 0;
    for (int i = w.from; i < w.to; i++) {
      count++;
      double delta = w.values[i] - (mean + meanLost);
      KahanSum next = new KahanSum();
      next.sum = mean;
      next.lost = meanLost;
      next.add(delta / count);
      mean = next.sum;
      meanLost = next.lost;
      squares.add(delta * (w.values[i] - (mean + meanLost)));
    }
    return squares.total() / count;
  }

  private double medianDeviation() {
    int count = window.floats();
    double[] values = Arrays.copyOf(gathered(), count);
    for (double value : values) {
      if (Double.isNaN(value)) {
        return Double.NaN;
      }
    }
    double median = Quantiles.of(0.5, values, count);
    for (int i = 0; i < count; i++) {
      values[i] = Math.abs(values[i] - median);
    }
    return Quantiles.of(0.5, values, count);
  }

  private double smoothed(double smoothing, double trend) {
    Window w = window;
    if (w.floats() < 2) {
      return StepSeries.EMPTY;
    }
    double before = 0;
    double level = w.first();
    double slope = w.values[w.from + 1] - w.first();
    for (int i = 1; i < w.floats(); i++) {
      double scaled = smoothing * w.values[w.from + i];
      if (i > 1) {
        slope = trend * (level - before) + (1 - trend) * slope;
      }
      double next = scaled + (1 - smoothing) * (level + slope);
      before = level;
      level = next;
    }
    return level;
  }
}

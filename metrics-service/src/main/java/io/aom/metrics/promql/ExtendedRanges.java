package io.aom.metrics.promql;

import io.aom.metrics.promql.Evaluation.Ranges;
import io.aom.metrics.promql.Expr.Reach;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code anchored} and {@code smoothed}: what a series was at the edges of a range, taken from the
 * sample before or drawn as a line between its neighbours, instead of extrapolation.
 */
final class ExtendedRanges {
  private final Evaluation evaluation;
  private final Function function;
  private final Span span;

  ExtendedRanges(Evaluation evaluation, Expr.Call call, Span span) {
    this.evaluation = evaluation;
    this.function = call.function();
    this.span = span;
  }

  void evaluate(Points points, Ranges ranges, StepSeries to) {
    for (int step = 0; step < to.steps(); step++) {
      long end = ranges.times().at(step);
      long start = end - ranges.rangeMillis();
      evaluateStep(points, ranges, to, step, start, end);
    }
  }

  private void evaluateStep(
      Points points, Ranges ranges, StepSeries to, int step, long start, long end) {
    long lookback = evaluation.limits.lookbackMillis();
    boolean smoothed = ranges.reach() == Reach.SMOOTHED;
    Points seen = points.window(start - lookback, smoothed ? end + lookback : end);
    if (seen == null) {
      return;
    }
    if (function == Function.CHANGES || function == Function.RESETS) {
      transitions(seen, to, step, start, end);
      return;
    }
    boolean floats = seen.floatCount > 0;
    boolean histograms = seen.histograms.length > 0;
    if (floats && histograms) {
      if (points.anyIn(start, end)) {
        evaluation.annotations.mixedFloatsAndHistograms(span, points.labels);
      }
      return;
    }
    double seconds = function == Function.RATE ? (end - start) / 1000.0 : 1;
    boolean counter = function != Function.DELTA;
    if (floats) {
      double rise =
          smoothed
              ? smoothedRise(seen, start, end, counter)
              : anchoredRise(seen, start, end, counter);
      if (!StepSeries.isEmpty(rise)) {
        to.values()[step] = rise / seconds;
      }
      return;
    }
    FloatHistogram rise = histogramRise(seen, start, end, counter, smoothed);
    if (rise != null) {
      to.set(step, rise.dividedBy(seconds).withHint(FloatHistogram.Hint.GAUGE));
    }
  }

  private void transitions(Points seen, StepSeries to, int step, long start, long end) {
    if (!seen.anyIn(start, end)) {
      return;
    }
    // The anchor is the last sample at or before the start, of whichever kind.
    long anchor = Long.MIN_VALUE;
    int f = Points.firstAfter(seen.floatTimes, seen.floatCount, start);
    int h = Points.firstAfter(seen.histogramTimes, seen.histograms.length, start);
    if (f > 0) {
      anchor = seen.floatTimes[f - 1];
    }
    if (h > 0) {
      anchor = Math.max(anchor, seen.histogramTimes[h - 1]);
    }
    Points window = seen.window(anchor == Long.MIN_VALUE ? start : anchor - 1, end);
    if (window == null) {
      return;
    }
    RangeFunctions.Window w = new RangeFunctions.Window();
    w.times = window.floatTimes;
    w.values = window.floats;
    w.to = window.floatCount;
    w.histogramTimes = window.histogramTimes;
    w.histograms = window.histograms;
    w.histogramTo = window.histograms.length;
    to.values()[step] = RangeFunctions.transitions(w, function == Function.RESETS);
  }

  private static double anchoredRise(Points seen, long start, long end, boolean counter) {
    int from = Points.firstAfter(seen.floatTimes, seen.floatCount, start);
    int to = Points.firstAfter(seen.floatTimes, seen.floatCount, end);
    if (from == to) {
      return StepSeries.EMPTY;
    }
    int first = from > 0 ? from - 1 : from;
    double rise = seen.floats[to - 1] - seen.floats[first];
    for (int i = first + 1; counter && i < to; i++) {
      if (seen.floats[i] < seen.floats[i - 1]) {
        rise += seen.floats[i - 1];
      }
    }
    return rise;
  }

  private static double smoothedRise(Points seen, long start, long end, boolean counter) {
    if (seen.floatTimes[0] > end || seen.floatTimes[seen.floatCount - 1] <= start) {
      return StepSeries.EMPTY;
    }
    int from = Points.firstAfter(seen.floatTimes, seen.floatCount, start);
    int to = Points.firstAfter(seen.floatTimes, seen.floatCount, end);
    double left = edge(seen, from, start, counter);
    double right = edge(seen, to, end, counter);
    double rise = right - left;
    if (!counter) {
      return rise;
    }
    double before = left;
    int last = to;
    if (to > 0 && seen.floatTimes[to - 1] == end) {
      last = to - 1;
    }
    for (int i = from; i < last; i++) {
      if (seen.floats[i] < before) {
        rise += before;
      }
      before = seen.floats[i];
    }
    if (right < before) {
      rise += before;
    }
    return rise;
  }

  /** The value at {@code time}, of which sample {@code next} is the first after. */
  private static double edge(Points seen, int next, long time, boolean counter) {
    if (next == 0) {
      return seen.floats[0];
    }
    double before = seen.floats[next - 1];
    if (next == seen.floatCount || seen.floatTimes[next - 1] == time) {
      return before;
    }
    double after = seen.floats[next];
    double share =
        (double) (time - seen.floatTimes[next - 1])
            / (seen.floatTimes[next] - seen.floatTimes[next - 1]);
    double base = counter && after < before ? 0 : before;
    return base + (after - base) * share;
  }

  private @Nullable FloatHistogram histogramRise(
      Points seen, long start, long end, boolean counter, boolean smoothed) {
    long[] times = seen.histogramTimes;
    FloatHistogram[] all = seen.histograms;
    int from = Points.firstAfter(times, all.length, start);
    int to = Points.firstAfter(times, all.length, end);
    if (smoothed ? (times[0] > end || times[all.length - 1] <= start) : from == to) {
      return null;
    }
    int first = from > 0 ? from - 1 : from;
    int last = smoothed && to < all.length ? to + 1 : to;
    boolean mixed = false;
    boolean wrongKind = false;
    for (int i = first; i < last; i++) {
      mixed |= !all[i].matches(all[first]);
      wrongKind |= RangeFunctions.isGauge(all[i]) == counter;
    }
    if (wrongKind) {
      evaluation.annotations.warn(
          span,
          "this native histogram metric is not a "
              + (counter ? "counter: " : "gauge: ")
              + Labels.quote(seen.labels.metricName()));
    }
    if (mixed) {
      evaluation.annotations.mixedSchemas(span, seen.labels);
      return null;
    }
    List<FloatHistogram> chain = new ArrayList<>();
    boolean[] fallsAt = new boolean[last - first + 2];
    FloatHistogram left = all[first];
    boolean leftCrossesReset = false;
    if (smoothed && from > 0 && times[from - 1] < start && from < all.length) {
      leftCrossesReset = counter && all[from].isResetAfter(all[from - 1]);
      left = between(all[from - 1], all[from], times[from - 1], times[from], start, counter);
    }
    chain.add(left);
    for (int i = first == from ? from + 1 : from; i < to; i++) {
      fallsAt[chain.size()] =
          counter && all[i].isResetAfter(all[i - 1]) && !(i == from && leftCrossesReset);
      chain.add(all[i]);
    }
    if (smoothed && to > 0 && to < all.length && times[to - 1] < end) {
      FloatHistogram right = between(all[to - 1], all[to], times[to - 1], times[to], end, counter);
      fallsAt[chain.size()] =
          counter && all[to].isResetAfter(all[to - 1]) && !(to == from && leftCrossesReset);
      chain.add(right);
    }
    FloatHistogram rise = chain.get(chain.size() - 1).minus(left);
    for (int i = 1; i < chain.size(); i++) {
      if (fallsAt[i]) {
        rise = rise.plus(chain.get(i - 1));
      }
    }
    return rise;
  }

  private static FloatHistogram between(
      FloatHistogram before, FloatHistogram after, long from, long to, long at, boolean counter) {
    double share = (double) (at - from) / (to - from);
    if (counter && after.isResetAfter(before)) {
      return after.times(share);
    }
    return before.plus(after.minus(before).times(share)).withHint(before.hint());
  }

  /** An instant selector with {@code smoothed}: the line between the neighbours of each step. */
  static @Nullable StepSeries smoothed(
      Evaluation evaluation,
      Expr.VectorSelector selector,
      Series series,
      SelectorTimes at,
      StepGrid grid) {
    SampleColumns samples = series.samples();
    long lookback = evaluation.limits.lookbackMillis();
    Points points = Points.of(series.labels(), samples);
    StepSeries result = null;
    for (int step = 0; step < grid.count(); step++) {
      long time = at.at(step);
      Points seen = points.window(time - lookback, time + lookback);
      if (seen == null || !seen.anyIn(time - lookback, time)) {
        continue;
      }
      if (seen.floatCount > 0 && seen.histograms.length > 0) {
        evaluation.annotations.mixedFloatsAndHistograms(selector.span(), series.labels());
        continue;
      }
      if (result == null) {
        result = evaluation.blank(series.labels(), false, grid);
      }
      if (seen.floatCount > 0) {
        int next = Points.firstAfter(seen.floatTimes, seen.floatCount, time);
        result.values()[step] = edge(seen, next, time, false);
        continue;
      }
      int next = Points.firstAfter(seen.histogramTimes, seen.histograms.length, time);
      FloatHistogram before = seen.histograms[next - 1];
      if (next == seen.histograms.length || seen.histogramTimes[next - 1] == time) {
        result.set(step, before);
      } else if (!before.matches(seen.histograms[next])) {
        evaluation.annotations.mixedSchemas(selector.span(), series.labels());
      } else {
        result.set(
            step,
            between(
                before,
                seen.histograms[next],
                seen.histogramTimes[next - 1],
                seen.histogramTimes[next],
                time,
                !RangeFunctions.isGauge(before)));
      }
    }
    return result;
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.Evaluation.Ranges;
import io.aom.metrics.promql.Expr.Reach;
import io.aom.metrics.promql.FloatHistogram.Hint;
import java.util.EnumSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code anchored} and {@code smoothed}: what a series was at the edges of a range, taken from the
 * sample before or drawn as a line between its neighbours, instead of extrapolation.
 */
final class ExtendedRanges {
  /** Functions that {@code anchored} and {@code smoothed} mean something to. */
  private static final EnumSet<Function> ANCHORABLE =
      EnumSet.of(
          Function.CHANGES, Function.DELTA, Function.INCREASE, Function.RATE, Function.RESETS);

  private static final EnumSet<Function> SMOOTHABLE =
      EnumSet.of(Function.DELTA, Function.INCREASE, Function.RATE);

  private final Evaluation evaluation;
  private final Function function;
  private final Span span;
  private final Interpolation lines;

  ExtendedRanges(Evaluation evaluation, Expr.Call call, Span span) {
    this.evaluation = evaluation;
    this.function = call.function();
    this.span = span;
    this.lines = new Interpolation(evaluation.annotations, span);
  }

  /**
   * @throws PromqlException if the function can do nothing with such a range
   */
  static void check(Function function, Reach reach) {
    EnumSet<Function> able =
        switch (reach) {
          case PLAIN -> EnumSet.of(function);
          case ANCHORED -> ANCHORABLE;
          case SMOOTHED -> SMOOTHABLE;
        };
    if (!able.contains(function)) {
      throw PromqlException.execution(
          reach.name().toLowerCase(Locale.ROOT)
              + " modifier can only be used with: "
              + String.join(", ", able.stream().map(Function::text).toList())
              + " - not with "
              + function.text());
    }
  }

  void evaluate(Points points, Ranges ranges, StepSeries to) {
    long lookback = evaluation.limits.lookbackMillis();
    boolean smoothed = ranges.reach() == Reach.SMOOTHED;
    for (int step = 0; step < to.steps(); step++) {
      long end = ranges.times().at(step);
      long start = end - ranges.rangeMillis();
      Points seen = points.window(start - lookback, smoothed ? end + lookback : end);
      if (seen == null) {
        continue;
      }
      if (function == Function.CHANGES || function == Function.RESETS) {
        transitions(seen, to, step, start, end);
      } else {
        rise(new Edges(start, end, smoothed, function != Function.DELTA), seen, to, step);
      }
    }
  }

  /**
   * The samples of a window with those at its edges, or null if there are none.
   *
   * @throws PromqlException if there are histograms among them
   */
  static @Nullable Points samples(Points points, Ranges ranges, long lookback) {
    boolean smoothed = ranges.reach() == Reach.SMOOTHED;
    long end = ranges.times().at(0);
    long start = end - ranges.rangeMillis();
    Points seen = points.window(start - lookback, smoothed ? end + lookback : end);
    if (seen == null) {
      return null;
    }
    if (seen.histograms.length > 0) {
      throw PromqlException.execution(
          (smoothed ? "smoothed" : "anchored") + " modifier is not supported with histograms");
    }
    Edges edges = new Edges(start, end, smoothed, false);
    long[] times = seen.floatTimes;
    int first = edges.first(times, seen.floatCount);
    int last = edges.last(times, seen.floatCount);
    if (times[last] <= start) {
      return null;
    }
    int from = times[first] <= start ? first + 1 : first;
    int inside = Math.max(0, (times[last] >= end ? last : last + 1) - from);
    long[] extended = new long[inside + 2];
    double[] values = new double[inside + 2];
    extended[0] = start;
    values[0] = left(seen, first, edges);
    System.arraycopy(times, from, extended, 1, inside);
    System.arraycopy(seen.floats, from, values, 1, inside);
    extended[inside + 1] = end;
    values[inside + 1] = right(seen, last, edges);
    return new Points(
        seen.labels(),
        seen.dropsName,
        extended,
        values,
        inside + 2,
        new long[0],
        new FloatHistogram[0]);
  }

  private static double left(Points seen, int first, Edges edges) {
    return edges.smoothed && seen.floatTimes[first] < edges.start
        ? Interpolation.between(seen, first, edges.start, edges.counter)
        : seen.floats[first];
  }

  private static double right(Points seen, int last, Edges edges) {
    return edges.smoothed && last > 0 && seen.floatTimes[last] > edges.end
        ? Interpolation.between(seen, last - 1, edges.end, edges.counter)
        : seen.floats[last];
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
    Window w = new Window();
    w.times = window.floatTimes;
    w.values = window.floats;
    w.to = window.floatCount;
    w.histogramTimes = window.histogramTimes;
    w.histograms = window.histograms;
    w.histogramTo = window.histograms.length;
    w.starts = function == Function.RESETS ? window.starts : null;
    to.values()[step] = Transitions.count(w, function == Function.RESETS);
  }

  /** One window; what counts of it is known at its edges. */
  private record Edges(long start, long end, boolean smoothed, boolean counter) {

    /** Where the window begins among {@code times[0, count)}: the sample at or before it. */
    int first(long[] times, int count) {
      return Math.max(0, Points.firstAfter(times, count - 1, start) - 1);
    }

    /** Where it ends: the last sample, or for a line the first at or behind its end. */
    int last(long[] times, int count) {
      return smoothed ? Points.firstAfter(times, count - 1, end - 1) : count - 1;
    }

    boolean isOutside(long[] times, int first, int last) {
      return times[last] <= start || (smoothed && times[first] > end);
    }
  }

  private void rise(Edges edges, Points seen, StepSeries to, int step) {
    boolean histograms = seen.histograms.length > 0;
    if (histograms && seen.floatCount > 0) {
      evaluation.annotations.mixedInRange(span, seen.labels());
      return;
    }
    double seconds = function == Function.RATE ? (edges.end - edges.start) / 1000.0 : 1;
    if (!histograms) {
      double rise = floatRise(seen, edges);
      if (!StepSeries.isEmpty(rise)) {
        to.values()[step] = rise / seconds;
      }
      return;
    }
    FloatHistogram rise = histogramRise(seen, edges);
    if (rise != null) {
      to.set(step, rise.dividedBy(seconds).withHint(Hint.GAUGE));
    }
  }

  private static double floatRise(Points seen, Edges edges) {
    long[] times = seen.floatTimes;
    double[] values = seen.floats;
    int first = edges.first(times, seen.floatCount);
    int last = edges.last(times, seen.floatCount);
    if (edges.isOutside(times, first, last)) {
      return StepSeries.EMPTY;
    }
    double left = left(seen, first, edges);
    double right = right(seen, last, edges);
    double rise = right - left;
    if (!edges.counter) {
      return rise;
    }
    double before = left;
    int to = times[last] >= edges.end ? last : last + 1;
    for (int i = times[first] <= edges.start ? first + 1 : first; i < to; i++) {
      if (values[i] < before) {
        rise += before;
      }
      before = values[i];
    }
    return right < before ? rise + before : rise;
  }

  private @Nullable FloatHistogram histogramRise(Points seen, Edges edges) {
    long[] times = seen.histogramTimes;
    FloatHistogram[] all = seen.histograms;
    int first = edges.first(times, all.length);
    int last = edges.last(times, all.length);
    if (edges.isOutside(times, first, last)) {
      return null;
    }
    for (int i = first; i <= last; i++) {
      if (!all[i].matches(all[first])) {
        evaluation.annotations.mixedSchemas(span, seen.labels());
        return null;
      }
      if (edges.counter && all[i].hint() == Hint.GAUGE) {
        evaluation.annotations.wrongKind(span, seen.labels(), true);
      }
    }
    FloatHistogram left =
        edges.smoothed && times[first] < edges.start
            ? lines.histogramBetween(seen, first, edges.start, edges.counter)
            : all[first];
    FloatHistogram right =
        edges.smoothed && last > 0 && times[last] > edges.end
            ? lines.histogramBetween(seen, last - 1, edges.end, edges.counter)
            : all[last];
    if (!edges.counter && (left.hint() != Hint.GAUGE || right.hint() != Hint.GAUGE)) {
      evaluation.annotations.wrongKind(span, seen.labels(), false);
    }
    FloatHistogram rise = lines.minus(right, left);
    FloatHistogram lost = edges.counter ? lost(seen, edges, first, last, left, right) : null;
    return lost == null ? rise : lines.plus(rise, lost);
  }

  /** What restarts between the edges took away; null if there was none. */
  private @Nullable FloatHistogram lost(
      Points seen, Edges edges, int first, int last, FloatHistogram left, FloatHistogram right) {
    FloatHistogram[] all = seen.histograms;
    FloatHistogram before = left;
    int from = first + 1;
    if (edges.smoothed
        && seen.histogramTimes[first] < edges.start
        && all[first + 1].isResetAfter(all[first])) {
      before = all[first + 1]; // the line on the left has taken care of this restart
      from++;
    }
    if (from > last) {
      return null;
    }
    FloatHistogram lost = null;
    for (int i = from; i <= last; i++) {
      FloatHistogram now = i == last ? right : all[i];
      if (now.isResetAfter(before)) {
        lost = lost == null ? before : lines.plus(lost, before);
      }
      before = now;
    }
    return lost;
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Hint;
import org.jspecify.annotations.Nullable;

/** An instant selector with {@code smoothed}: the line between the neighbours of each step. */
final class SmoothedInstants {
  private final Evaluation evaluation;
  private final Expr.VectorSelector selector;
  private final StepGrid grid;
  private final Interpolation lines;

  SmoothedInstants(Evaluation evaluation, Expr.VectorSelector selector, StepGrid grid) {
    this.evaluation = evaluation;
    this.selector = selector;
    this.grid = grid;
    this.lines = new Interpolation(evaluation.annotations, selector.span());
  }

  /** The series at each step, or null if it is nowhere. */
  @Nullable StepSeries of(Points points, SelectorTimes at) {
    long lookback = evaluation.limits.lookbackMillis();
    StepSeries result = null;
    for (int step = 0; step < grid.count(); step++) {
      long time = at.at(step);
      Points seen = points.window(time - lookback, time + lookback);
      if (seen == null) {
        continue;
      }
      if (seen.floatCount > 0 && seen.histograms.length > 0) {
        evaluation.annotations.mixedInRange(selector.span(), points.labels());
        continue;
      }
      if (!seen.anyIn(time - lookback, time)) {
        continue;
      }
      if (result == null) {
        result = evaluation.blank(points.labels(), false, grid);
      }
      if (seen.floatCount > 0) {
        result.values()[step] = floatAt(seen, time);
      } else {
        FloatHistogram histogram = histogramAt(seen, time);
        if (histogram != null) {
          result.set(step, histogram);
        }
      }
    }
    return result;
  }

  private static double floatAt(Points seen, long time) {
    int last = Points.firstAfter(seen.floatTimes, seen.floatCount, time) - 1;
    return last + 1 == seen.floatCount || seen.floatTimes[last] == time
        ? seen.floats[last]
        : Interpolation.between(seen, last, time, false);
  }

  private @Nullable FloatHistogram histogramAt(Points seen, long time) {
    int last = Points.firstAfter(seen.histogramTimes, seen.histograms.length, time) - 1;
    FloatHistogram before = seen.histograms[last];
    if (seen.histogramTimes[last] == time) {
      return before;
    }
    if (last + 1 == seen.histograms.length) {
      return before.withHint(Hint.UNKNOWN); // a hint is about two neighbours, not about a value
    }
    FloatHistogram after = seen.histograms[last + 1];
    if (!before.matches(after)) {
      evaluation.annotations.mixedSchemas(selector.span(), seen.labels());
      return null;
    }
    boolean counter = before.hint() != Hint.GAUGE || after.hint() != Hint.GAUGE;
    return lines.histogramBetween(seen, last, time, counter);
  }
}

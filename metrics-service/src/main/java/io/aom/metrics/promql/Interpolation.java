package io.aom.metrics.promql;

import io.aom.metrics.promql.Annotations.Operation;

/**
 * Lines between neighbouring samples, and sums of histograms that say when their buckets had to be
 * fitted to each other.
 *
 * @param span what remarks are about
 */
record Interpolation(Annotations annotations, Span span) {

  /** The line from float {@code i} to the next, at a time between them. */
  static double between(Points points, int i, long time, boolean counter) {
    double before = points.floats[i];
    double after = points.floats[i + 1];
    if (counter && after < before) {
      before = 0; // restarted: it rose from zero
    }
    return before
        + (after - before)
            * (time - points.floatTimes[i])
            / (points.floatTimes[i + 1] - points.floatTimes[i]);
  }

  /** The line from histogram {@code i} to the next, of the same kind, at a time between them. */
  FloatHistogram histogramBetween(Points points, int i, long time, boolean counter) {
    FloatHistogram before = points.histograms[i];
    FloatHistogram after = points.histograms[i + 1];
    long from = points.histogramTimes[i];
    long to = points.histogramTimes[i + 1];
    if (time == from || time == to) {
      return time == from ? before : after;
    }
    double share = (double) (time - from) / (to - from);
    if (counter && after.isResetAfter(before)) {
      return after.times(share);
    }
    noteBounds(after, before, Operation.SUBTRACTION);
    return plus(after.difference(before).times(share), before);
  }

  FloatHistogram plus(FloatHistogram a, FloatHistogram b) {
    noteBounds(a, b, Operation.ADDITION);
    return a.plus(b);
  }

  FloatHistogram minus(FloatHistogram a, FloatHistogram b) {
    noteBounds(a, b, Operation.SUBTRACTION);
    return a.minus(b);
  }

  private void noteBounds(FloatHistogram a, FloatHistogram b, Operation operation) {
    if (a.isCustom() && !a.sameBounds(b)) {
      annotations.reconciled(span, operation);
    }
  }
}

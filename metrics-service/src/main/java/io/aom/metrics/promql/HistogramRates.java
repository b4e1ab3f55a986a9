package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.metrics.promql.RangeFunctions.Window;
import io.aom.metrics.series.Labels;
import org.jspecify.annotations.Nullable;

/** Rates of native histograms. */
final class HistogramRates {
  private HistogramRates() {}

  static @Nullable FloatHistogram rate(
      Annotations annotations, Span span, Window w, boolean counter, boolean perSecond) {
    int count = w.others();
    if (count < 2) {
      return null;
    }
    FloatHistogram first = w.histograms[w.histogramFrom];
    FloatHistogram last = w.histograms[w.histogramTo - 1];
    FloatHistogram rise = rise(annotations, span, w, first, last, counter);
    if (rise == null) {
      return null;
    }
    double factor =
        Rates.factor(
            rise.count(),
            first.count(),
            w.histogramTimes[w.histogramFrom],
            w.histogramTimes[w.histogramTo - 1],
            count,
            w.start,
            w.end,
            counter,
            perSecond);
    return rise.times(factor).withHint(Hint.GAUGE);
  }

  /** From the first to the last histogram, restarts made up for. */
  private static @Nullable FloatHistogram rise(
      Annotations annotations,
      Span span,
      Window w,
      FloatHistogram start,
      FloatHistogram last,
      boolean counter) {
    FloatHistogram first = start;
    FloatHistogram second = w.histograms[w.histogramFrom + 1];
    // A restart right after the first histogram makes its buckets irrelevant, and so its kind.
    boolean firstIrrelevant = counter && second.isResetAfter(first);
    boolean notCounter = false;
    boolean notGauge = false;
    boolean mixed = false;
    boolean boundsDiffer = false;
    for (int i = w.histogramFrom; i < w.histogramTo; i++) {
      FloatHistogram one = w.histograms[i];
      notCounter |= counter && RangeFunctions.isGauge(one);
      notGauge |= !counter && !RangeFunctions.isGauge(one);
      if (i > w.histogramFrom || !firstIrrelevant) {
        mixed |= !one.matches(last);
        boundsDiffer |= one.isCustom() && last.isCustom() && !one.sameBounds(last);
      }
    }
    if (notCounter) {
      annotations.warn(
          span,
          "this native histogram metric is not a counter: " + Labels.quote(w.labels.metricName()));
    }
    if (notGauge) {
      annotations.warn(
          span,
          "this native histogram metric is not a gauge: " + Labels.quote(w.labels.metricName()));
    }
    if (mixed) {
      annotations.mixedSchemas(span, w.labels);
      return null;
    }
    FloatHistogram rise = firstIrrelevant ? last : last.minus(first);
    if (boundsDiffer && !firstIrrelevant && !first.sameBounds(last)) {
      annotations.inform(span, "mismatched custom buckets were reconciled during subtraction");
    }
    if (!counter) {
      return rise;
    }
    FloatHistogram before = first;
    for (int i = w.histogramFrom + 1; i < w.histogramTo; i++) {
      FloatHistogram one = w.histograms[i];
      if (one.isResetAfter(before) && !(i == w.histogramFrom + 1 && firstIrrelevant)) {
        rise = rise.plus(before);
      }
      before = one;
    }
    return rise;
  }

  static @Nullable FloatHistogram instant(
      Annotations annotations, Span span, Window w, boolean perSecond) {
    FloatHistogram last = w.histograms[w.histogramTo - 1];
    FloatHistogram before = w.histograms[w.histogramTo - 2];
    boolean gauges = RangeFunctions.isGauge(last) && RangeFunctions.isGauge(before);
    boolean anyGauge = RangeFunctions.isGauge(last) || RangeFunctions.isGauge(before);
    if (perSecond ? anyGauge : !gauges) {
      annotations.warn(
          span,
          "this native histogram metric is not a "
              + (perSecond ? "counter: " : "gauge: ")
              + Labels.quote(w.labels.metricName()));
    }
    FloatHistogram change = last;
    if (!perSecond || !last.isResetAfter(before)) {
      if (!last.matches(before)) {
        annotations.mixedSchemas(span, w.labels);
        return null;
      }
      if (last.isCustom() && !last.sameBounds(before)) {
        annotations.inform(span, "mismatched custom buckets were reconciled during subtraction");
      }
      change = last.minus(before);
    }
    double seconds =
        (w.histogramTimes[w.histogramTo - 1] - w.histogramTimes[w.histogramTo - 2]) / 1000.0;
    return (perSecond ? change.dividedBy(seconds) : change).withHint(Hint.GAUGE);
  }
}

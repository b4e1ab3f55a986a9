package io.aom.metrics.promql;

import io.aom.metrics.promql.Annotations.Operation;
import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.metrics.series.Restarts;
import org.jspecify.annotations.Nullable;

/** Rates of native histograms. */
final class HistogramRates {
  private HistogramRates() {}

  /** A rate of the window's histograms, of which there is at least one; null if there is none. */
  static @Nullable FloatHistogram rate(
      Annotations annotations, Span span, Window w, boolean counter, boolean perSecond) {
    int count = w.others();
    FloatHistogram first = w.histograms[w.histogramFrom];
    FloatHistogram rise = count < 2 ? null : new Rise(annotations, span, w, counter).between();
    if (count >= 2 && rise == null) {
      return null;
    }
    long began = w.histogramStart(w.histogramFrom);
    long firstTime = w.histogramTimes[w.histogramFrom];
    long lastTime = w.histogramTimes[w.histogramTo - 1];
    if (counter && began != 0 && began > w.start && began < firstTime) {
      FloatHistogram sinceStart = first;
      if (rise != null) {
        if (!rise.matches(first)) {
          annotations.mixedSchemas(span, w.labels());
          return null;
        }
        if (rise.isCustom() && !rise.sameBounds(first)) {
          annotations.reconciled(span, Operation.ADDITION);
        }
        sinceStart = rise.plus(first);
      }
      double factor =
          Rates.factorSince(began, firstTime, lastTime, count, w.start, w.end, perSecond);
      FloatHistogram result = sinceStart.times(factor);
      return rise == null ? result : result.withHint(Hint.GAUGE);
    }
    if (rise == null) {
      return null;
    }
    double factor =
        Rates.factor(
            rise.count(),
            first.count(),
            firstTime,
            lastTime,
            count,
            w.start,
            w.end,
            counter,
            perSecond);
    return rise.times(factor).withHint(Hint.GAUGE);
  }

  /** From the first to the last histogram of a window. */
  private record Rise(Annotations annotations, Span span, Window w, boolean counter) {

    /** Restarts made up for; null if the histograms do not fit together. */
    @Nullable FloatHistogram between() {
      int from = w.histogramFrom;
      int to = w.histogramTo;
      FloatHistogram first = w.histograms[from];
      FloatHistogram last = w.histograms[to - 1];
      // A restart right behind the first histogram makes its buckets irrelevant, and so its kind.
      FloatHistogram before =
          counter && w.histogramRestarts(from + 1) ? w.histograms[from + 1].emptied() : first;
      boolean gauges = first.hint() == Hint.GAUGE && last.hint() == Hint.GAUGE;
      boolean anyGauge = first.hint() == Hint.GAUGE || last.hint() == Hint.GAUGE;
      int coarsest = Math.min(last.schema, before.schema);
      boolean fits = last.matches(before);
      for (int i = from + 1; i < to - 1 && counter && fits; i++) {
        FloatHistogram one = w.histograms[i];
        if (!one.matches(last)) {
          annotations.mixedSchemas(span, w.labels());
          return null;
        }
        anyGauge |= one.hint() == Hint.GAUGE;
        coarsest = Math.min(coarsest, one.schema);
      }
      if (counter && anyGauge) {
        annotations.wrongKind(span, w.labels(), true);
      }
      if (!fits) {
        annotations.mixedSchemas(span, w.labels());
        return null;
      }
      if (last.isCustom() && !last.sameBounds(before)) {
        annotations.reconciled(span, Operation.SUBTRACTION);
      }
      FloatHistogram rise = last.withSchema(coarsest).minus(before);
      if (counter) {
        return withRestarts(rise, before);
      }
      if (!gauges) {
        annotations.wrongKind(span, w.labels(), false);
      }
      return rise;
    }

    private FloatHistogram withRestarts(FloatHistogram rise, FloatHistogram start) {
      FloatHistogram total = rise;
      FloatHistogram before = start;
      boolean overlapped = false;
      for (int i = w.histogramFrom + 1; i < w.histogramTo; i++) {
        if (!overlapped
            && Restarts.overlaps(
                w.histogramStart(i - 1), w.histogramTimes[i - 1], w.histogramStart(i))) {
          annotations.startOverlap(span, w.labels());
          overlapped = true;
        }
        if (w.histogramRestarts(i, before)) {
          if (total.isCustom() && !total.sameBounds(before)) {
            annotations.reconciled(span, Operation.ADDITION);
          }
          total = total.plus(before);
        }
        before = w.histograms[i];
      }
      return total;
    }
  }

  /** From the last but one to the last histogram; the window has two. */
  static @Nullable FloatHistogram instant(
      Annotations annotations, Span span, Window w, boolean perSecond) {
    int i = w.histogramTo - 1;
    FloatHistogram last = w.histograms[i];
    FloatHistogram before = w.histograms[i - 1];
    boolean gauges = last.hint() == Hint.GAUGE && before.hint() == Hint.GAUGE;
    boolean anyGauge = last.hint() == Hint.GAUGE || before.hint() == Hint.GAUGE;
    if (perSecond ? anyGauge : !gauges) {
      annotations.wrongKind(span, w.labels(), perSecond);
    }
    FloatHistogram change = last;
    boolean restarted = perSecond && w.histogramRestarts(i);
    if (!restarted) {
      if (!last.matches(before)) {
        annotations.mixedSchemas(span, w.labels());
        return null;
      }
      if (last.isCustom() && !last.sameBounds(before)) {
        annotations.reconciled(span, Operation.SUBTRACTION);
      }
      change = last.minus(before);
    }
    double seconds = (w.histogramTimes[i] - w.histogramTimes[i - 1]) / 1000.0;
    return (perSecond ? change.dividedBy(seconds) : change).withHint(Hint.GAUGE);
  }
}

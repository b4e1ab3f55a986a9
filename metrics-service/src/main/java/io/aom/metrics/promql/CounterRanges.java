package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Restarts;
import org.jspecify.annotations.Nullable;

/** What counters and gauges do over a range: {@code rate}, {@code delta} and their like. */
final class CounterRanges {
  private final Annotations annotations;
  private final Span span;
  private final Window w;
  private @Nullable Points noted;
  private @Nullable String notedName;
  private @Nullable String notedType;

  CounterRanges(Annotations annotations, Span span, Window window) {
    this.annotations = annotations;
    this.span = span;
    this.w = window;
  }

  /** Remarks on a metric that does not look like a counter. */
  @SuppressWarnings("ReferenceEquality") // the same text mostly is the same object
  void noteNoCounter(Points points) {
    if (points == noted) {
      return; // One series has a window for each step.
    }
    noted = points;
    String name = points.label(Labels.NAME);
    String type = points.label(Labels.TYPE);
    if (name == notedName && type == notedType) {
      return;
    }
    notedName = name;
    notedType = type;
    boolean named =
        name.endsWith("_total")
            || name.endsWith("_sum")
            || name.endsWith("_count")
            || name.endsWith("_bucket");
    if (!name.isEmpty() && !named && type.isEmpty()) {
      annotations.maybeNoCounter(span, name);
    } else if (!name.isEmpty()
        && !type.isEmpty()
        && !type.equals("counter")
        && !type.equals("histogram")) {
      annotations.maybeNoCounter(span, name, type);
    }
  }

  double rate(boolean counter, boolean perSecond) {
    if (w.floats() > 0 && w.others() > 0) {
      annotations.mixedInRange(span, w.labels());
      return StepSeries.EMPTY;
    }
    if (w.others() > 0) {
      w.result = HistogramRates.rate(annotations, span, w, counter, perSecond);
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
      noteNoCounter(w.points());
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
    for (int i = w.from + 1; w.starts != null && i < w.to; i++) {
      if (Restarts.overlaps(w.start(i - 1), w.times[i - 1], w.start(i))) {
        annotations.startOverlap(span, w.labels());
        return;
      }
    }
  }

  double instantRate(boolean perSecond) {
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
      annotations.mixedInRange(span, w.labels());
      return StepSeries.EMPTY;
    }
    if (!lastFloat) {
      w.result = HistogramRates.instant(annotations, span, w, perSecond);
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
}

package io.aom.metrics.promql;

import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.StaleMarker;
import java.util.Objects;

/** The newest sample of each series at each step, no older than the lookback. */
final class NewestSamples implements SeriesStream {
  /** What is looked for in a sample: itself, or a time of it in seconds. */
  enum Wanted {
    VALUE,
    TIME,
    START
  }

  private final SeriesSet series;
  private final SelectorTimes at;
  private final Wanted wanted;
  private final long lookbackMillis;
  private final boolean statistics;
  private final Budget budget;

  /**
   * @param statistics whether of histograms only counts and sums are wanted
   */
  NewestSamples(
      SeriesSet series,
      SelectorTimes at,
      Wanted wanted,
      long lookbackMillis,
      boolean statistics,
      Budget budget) {
    this.series = series;
    this.at = at;
    this.wanted = wanted;
    this.lookbackMillis = lookbackMillis;
    this.statistics = statistics;
    this.budget = budget;
  }

  @Override
  public SeriesSet series() {
    return series;
  }

  @Override
  public boolean dropsName() {
    return wanted != Wanted.VALUE;
  }

  @Override
  public boolean fill(int number, StepSeries to) {
    RollupColumns rolled = series.rollup(number);
    return rolled == null
        ? fill(series.samples(number), to)
        : RollupRanges.newest(
            rolled, at, Math.max(lookbackMillis, series.leastLookbackMillis()), wanted, to);
  }

  /** Whether there is a newest sample at any step. */
  private boolean fill(SampleColumns samples, StepSeries to) {
    budget.work(samples.size());
    int size = samples.size();
    long[] times = samples.times();
    double[] values = samples.values();
    boolean plain = wanted == Wanted.VALUE && !samples.hasHistograms();
    boolean found = false;
    int next = 0;
    for (int step = 0; step < to.steps(); step++) {
      long time = at.at(step);
      while (next < size && times[next] <= time) {
        next++;
      }
      if (next == 0 || times[next - 1] <= time - lookbackMillis) {
        continue;
      }
      if (plain) {
        double value = values[next - 1];
        to.values()[step] = value; // a stale marker leaves the place empty
        found |= !StepSeries.isEmpty(value);
      } else {
        found |= fill(samples, next - 1, step, to);
      }
    }
    return found;
  }

  private boolean fill(SampleColumns samples, int index, int step, StepSeries to) {
    byte[] wire = samples.histogram(index);
    double value = samples.value(index);
    if (wire == null && StaleMarker.is(value)) {
      return false;
    }
    if (wanted == Wanted.TIME) {
      to.values()[step] = samples.time(index) / 1000.0;
    } else if (wanted == Wanted.START) {
      to.values()[step] = start(samples, index) / 1000.0;
    } else if (wire == null) {
      to.values()[step] = value;
    } else {
      FloatHistogram before = step == 0 ? null : to.histogram(step - 1);
      boolean same = before != null && at.at(step - 1) >= samples.time(index);
      to.set(step, same && before != null ? before : read(samples, index, at.at(step)));
    }
    return true;
  }

  private FloatHistogram read(SampleColumns samples, int index, long time) {
    FloatHistogram histogram = FloatHistogram.ofWire(wire(samples, index));
    if (!statistics) {
      return histogram;
    }
    // As in Prometheus a restart is told by the histogram before, if the lookback reaches it.
    int before = index - 1;
    while (before >= 0 && samples.histogram(before) == null) {
      before--;
    }
    boolean known = before >= 0 && samples.time(before) > time - lookbackMillis;
    return histogram.statistics(known ? FloatHistogram.ofWire(wire(samples, before)) : null);
  }

  private static byte[] wire(SampleColumns samples, int index) {
    return Objects.requireNonNull(samples.histogram(index));
  }

  private static long start(SampleColumns samples, int index) {
    byte[] wire = samples.histogram(index);
    if (wire == null) {
      return samples.start(index);
    }
    HistogramWireReader reader = new HistogramWireReader(wire);
    reader.histogram();
    return reader.startMillis();
  }
}

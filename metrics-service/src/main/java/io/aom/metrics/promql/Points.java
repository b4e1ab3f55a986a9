package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.StaleMarker;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Samples of one series as a range function sees them: floats and histograms apart, none stale. */
public final class Points {
  private static final long[] NO_TIMES = {};
  private static final double[] NO_VALUES = {};
  private static final FloatHistogram[] NO_HISTOGRAMS = {};

  static final Points NONE =
      new Points(Labels.EMPTY, false, NO_TIMES, NO_VALUES, 0, NO_TIMES, NO_HISTOGRAMS);

  private final @Nullable Labels labels;
  private final @Nullable SeriesSet set;
  private final int number;
  final boolean dropsName;
  final long[] floatTimes;
  final double[] floats;
  final int floatCount;
  final long[] histogramTimes;
  final FloatHistogram[] histograms;

  /** When the counters behind the samples started; null if no sample says so. */
  final @Nullable Starts starts;

  /**
   * Start times beside floats and histograms; 0 where one is not known.
   *
   * @param floats as long as there are floats, at least
   */
  record Starts(long[] floats, long[] histograms) {}

  Points(
      Labels labels,
      boolean dropsName,
      long[] floatTimes,
      double[] floats,
      int floatCount,
      long[] histogramTimes,
      FloatHistogram[] histograms) {
    this.labels = labels;
    this.set = null;
    this.number = 0;
    this.dropsName = dropsName;
    this.floatTimes = floatTimes;
    this.floats = floats;
    this.floatCount = floatCount;
    this.histogramTimes = histogramTimes;
    this.histograms = histograms;
    this.starts = null;
  }

  /** Other samples of the same series. */
  private Points(
      Points series,
      long[] floatTimes,
      double[] floats,
      int floatCount,
      long[] histogramTimes,
      FloatHistogram[] histograms,
      @Nullable Starts starts) {
    this.labels = series.labels;
    this.set = series.set;
    this.number = series.number;
    this.dropsName = series.dropsName;
    this.floatTimes = floatTimes;
    this.floats = floats;
    this.floatCount = floatCount;
    this.histogramTimes = histogramTimes;
    this.histograms = histograms;
    this.starts = starts;
  }

  /** A series of a set, whose labels are put together when somebody asks for them. */
  private Points(SeriesSet set, int number, SampleColumns samples) {
    this.labels = null;
    this.set = set;
    this.number = number;
    this.dropsName = false;
    this.floatTimes = samples.times();
    this.floats = samples.values();
    this.floatCount = samples.size();
    this.histogramTimes = NO_TIMES;
    this.histograms = NO_HISTOGRAMS;
    this.starts = null;
  }

  /** A series of a set. Valid until the set is asked for the samples of another one. */
  static Points of(SeriesSet set, int number) {
    SampleColumns samples = set.samples(number);
    if (samples.hasHistograms() || samples.hasStarts()) {
      return apart(new Points(set, number, samples), samples);
    }
    double[] values = samples.values();
    int size = samples.size();
    int stale = 0;
    for (int i = 0; i < size; i++) {
      stale += StaleMarker.is(values[i]) ? 1 : 0;
    }
    Points all = new Points(set, number, samples);
    return stale == 0 ? all : apart(all, samples);
  }

  /** A series of a set without its samples, for its labels. */
  static Points ofNone(SeriesSet set, int number) {
    return new Points(set, number, new SampleColumns());
  }

  /** Floats and histograms apart, without those that are stale. */
  private static Points apart(Points series, SampleColumns samples) {
    int stale = 0;
    int histogramCount = 0;
    for (int i = 0; i < samples.size(); i++) {
      if (samples.hasHistograms() && samples.histogram(i) != null) {
        histogramCount++;
      } else if (StaleMarker.is(samples.value(i))) {
        stale++;
      }
    }
    int floatCount = samples.size() - stale - histogramCount;
    long[] floatTimes = new long[floatCount];
    double[] floats = new double[floatCount];
    long[] histogramTimes = new long[histogramCount];
    FloatHistogram[] histograms = new FloatHistogram[histogramCount];
    long[] floatStarts = new long[samples.hasStarts() ? floatCount : 0];
    long[] histogramStarts = new long[histogramCount];
    boolean anyStart = samples.hasStarts();
    int f = 0;
    int h = 0;
    for (int i = 0; i < samples.size(); i++) {
      byte[] histogram = samples.histogram(i);
      if (histogram != null) {
        HistogramWireReader reader = new HistogramWireReader(histogram);
        histogramTimes[h] = samples.time(i);
        histograms[h] = reader.histogram();
        histogramStarts[h++] = reader.startMillis();
        anyStart |= reader.startMillis() != 0;
      } else if (!StaleMarker.is(samples.value(i))) {
        floatTimes[f] = samples.time(i);
        if (samples.hasStarts()) {
          floatStarts[f] = samples.start(i);
        }
        floats[f++] = samples.value(i);
      }
    }
    Starts starts =
        anyStart
            ? new Starts(samples.hasStarts() ? floatStarts : new long[floatCount], histogramStarts)
            : null;
    return new Points(series, floatTimes, floats, floatCount, histogramTimes, histograms, starts);
  }

  /** The results of a subquery as samples at its steps, for a function of them. */
  static Points ofSubquery(StepSeries series, StepGrid grid) {
    Points points = ofResult(series, grid);
    for (int i = 0; i < points.histograms.length; i++) {
      // The step between two is not that of the samples, so what was known of restarts is void.
      FloatHistogram histogram = points.histograms[i];
      if (histogram.hint() != FloatHistogram.Hint.GAUGE) {
        points.histograms[i] = histogram.withHint(FloatHistogram.Hint.UNKNOWN);
      }
    }
    return points;
  }

  /** The results of a subquery as samples at its steps, as they are. */
  static Points ofResult(StepSeries series, StepGrid grid) {
    int steps = series.steps();
    int floatCount = 0;
    int histogramCount = 0;
    for (int i = 0; i < steps; i++) {
      if (series.isFloat(i)) {
        floatCount++;
      } else if (series.histogram(i) != null) {
        histogramCount++;
      }
    }
    long[] floatTimes = floatCount == 0 ? NO_TIMES : new long[floatCount];
    double[] floats = floatCount == 0 ? NO_VALUES : new double[floatCount];
    long[] histogramTimes = new long[histogramCount];
    FloatHistogram[] histograms = new FloatHistogram[histogramCount];
    int f = 0;
    int h = 0;
    for (int i = 0; i < steps; i++) {
      FloatHistogram histogram = series.histogram(i);
      if (series.isFloat(i)) {
        floatTimes[f] = grid.at(i);
        floats[f++] = series.value(i);
      } else if (histogram != null) {
        histogramTimes[h] = grid.at(i);
        histograms[h++] = histogram;
      }
    }
    return new Points(
        series.labels(),
        series.dropsName(),
        floatTimes,
        floats,
        floatCount,
        histogramTimes,
        histograms);
  }

  public Labels labels() {
    SeriesSet of = set;
    return labels != null ? labels : of == null ? Labels.EMPTY : of.labels(number);
  }

  /** Value of one label. */
  String label(String name) {
    SeriesSet of = set;
    return of == null ? labels().get(name) : of.label(number, name);
  }

  public int floatCount() {
    return floatCount;
  }

  public long floatTime(int index) {
    return floatTimes[index];
  }

  public double floatValue(int index) {
    return floats[index];
  }

  public int histogramCount() {
    return histograms.length;
  }

  public long histogramTime(int index) {
    return histogramTimes[index];
  }

  public FloatHistogram histogram(int index) {
    return histograms[index];
  }

  /** The samples in {@code (after, until]}, or null if there are none. */
  @Nullable Points window(long after, long until) {
    int from = firstAfter(floatTimes, floatCount, after);
    int to = firstAfter(floatTimes, floatCount, until);
    int hFrom = firstAfter(histogramTimes, histograms.length, after);
    int hTo = firstAfter(histogramTimes, histograms.length, until);
    if (from == to && hFrom == hTo) {
      return null;
    }
    Starts some = starts;
    return new Points(
        this,
        Arrays.copyOfRange(floatTimes, from, to),
        Arrays.copyOfRange(floats, from, to),
        to - from,
        Arrays.copyOfRange(histogramTimes, hFrom, hTo),
        Arrays.copyOfRange(histograms, hFrom, hTo),
        some == null
            ? null
            : new Starts(
                Arrays.copyOfRange(some.floats, from, to),
                Arrays.copyOfRange(some.histograms, hFrom, hTo)));
  }

  /** With nothing of the histograms but {@link FloatHistogram#statistics}. */
  Points statistics() {
    if (histograms.length == 0) {
      return this;
    }
    FloatHistogram[] statistics = new FloatHistogram[histograms.length];
    for (int i = 0; i < histograms.length; i++) {
      statistics[i] = histograms[i].statistics(i == 0 ? null : histograms[i - 1]);
    }
    return new Points(this, floatTimes, floats, floatCount, histogramTimes, statistics, starts);
  }

  boolean anyIn(long after, long until) {
    return firstAfter(floatTimes, floatCount, after) < firstAfter(floatTimes, floatCount, until)
        || firstAfter(histogramTimes, histograms.length, after)
            < firstAfter(histogramTimes, histograms.length, until);
  }

  /**
   * Samples of two series that have come to the same labels.
   *
   * @throws PromqlException if both have one at the same time
   */
  static Points together(Points a, Points b) {
    TreeMap<Long, Double> floats = new TreeMap<>();
    TreeMap<Long, FloatHistogram> histograms = new TreeMap<>();
    for (Points one : List.of(a, b)) {
      for (int i = 0; i < one.floatCount; i++) {
        floats.put(one.floatTimes[i], one.floats[i]);
      }
      for (int i = 0; i < one.histograms.length; i++) {
        histograms.put(one.histogramTimes[i], one.histograms[i]);
      }
    }
    if (floats.size() < a.floatCount + b.floatCount
        || histograms.size() < a.histograms.length + b.histograms.length) {
      throw Evaluation.sameLabels();
    }
    return new Points(
        a.labels(),
        false,
        times(floats),
        floats.values().stream().mapToDouble(Double::doubleValue).toArray(),
        floats.size(),
        times(histograms),
        histograms.values().toArray(FloatHistogram[]::new));
  }

  private static long[] times(Map<Long, ?> samples) {
    return samples.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  Points with(Labels newLabels) {
    return new Points(newLabels, false, floatTimes, floats, floatCount, histogramTimes, histograms);
  }

  static int firstAfter(long[] times, int size, long time) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

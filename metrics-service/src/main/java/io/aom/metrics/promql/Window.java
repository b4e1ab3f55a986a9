package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Restarts;
import org.jspecify.annotations.Nullable;

/** The samples of one series that one step sees: floats and histograms {@code [from, to)}. */
final class Window {
  private Points points = Points.NONE;
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

  Points points() {
    return points;
  }

  Labels labels() {
    return points.labels();
  }

  /** Goes to the beginning of a series. */
  void reset(Points of, boolean takesStarts) {
    points = of;
    starts = takesStarts ? of.starts : null;
    times = of.floatTimes;
    values = of.floats;
    from = 0;
    to = 0;
    histogramTimes = of.histogramTimes;
    histograms = of.histograms;
    histogramFrom = 0;
    histogramTo = 0;
  }

  /** Moves to the range before a later end. */
  void move(Points of, long newEnd, long rangeMillis) {
    end = newEnd;
    start = newEnd - rangeMillis;
    while (to < of.floatCount && of.floatTimes[to] <= end) {
      to++;
    }
    while (from < to && of.floatTimes[from] <= start) {
      from++;
    }
    while (histogramTo < of.histograms.length && of.histogramTimes[histogramTo] <= end) {
      histogramTo++;
    }
    while (histogramFrom < histogramTo && of.histogramTimes[histogramFrom] <= start) {
      histogramFrom++;
    }
  }

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
    return histogramRestarts(index, histograms[index - 1]);
  }

  /** The same if {@code before} is taken for what was before it. */
  boolean histogramRestarts(int index, FloatHistogram before) {
    return (starts != null
            && Restarts.between(
                histogramStart(index - 1),
                histogramTimes[index - 1],
                histogramStart(index),
                histogramTimes[index]))
        || histograms[index].isResetAfter(before);
  }
}

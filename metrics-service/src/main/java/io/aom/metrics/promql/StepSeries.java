package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A series of results, a place for each step. A place may be empty. The empty place is a NaN with
 * the bits of the stale marker, which can be no result.
 */
public final class StepSeries {
  static final double EMPTY = StaleMarker.VALUE;

  private final Labels labels;
  private final boolean dropsName;
  private final double[] values;
  private @Nullable FloatHistogram @Nullable [] histograms;

  StepSeries(Labels labels, boolean dropsName, double[] values) {
    this.labels = labels;
    this.dropsName = dropsName;
    this.values = values;
  }

  StepSeries(
      Labels labels,
      boolean dropsName,
      double[] values,
      @Nullable FloatHistogram @Nullable [] histograms) {
    this(labels, dropsName, values);
    this.histograms = histograms;
  }

  /** A series without labels, every place of it empty. */
  static StepSeries blank(int steps) {
    return new StepSeries(Labels.EMPTY, false, empty(steps));
  }

  /** Makes every place empty again. */
  void clear() {
    Arrays.fill(values, EMPTY);
    histograms = null;
  }

  static double[] empty(int steps) {
    double[] values = new double[steps];
    Arrays.fill(values, EMPTY);
    return values;
  }

  static boolean isEmpty(double value) {
    return StaleMarker.is(value);
  }

  public Labels labels() {
    return labels;
  }

  /** Whether the metric's name no longer fits and goes when the query is done. */
  boolean dropsName() {
    return dropsName;
  }

  /** The floats; empty places and those of histograms hold {@link #EMPTY}. */
  double[] values() {
    return values;
  }

  @Nullable FloatHistogram @Nullable [] histograms() {
    return histograms;
  }

  public int steps() {
    return values.length;
  }

  public boolean isFloat(int step) {
    return !isEmpty(values[step]);
  }

  public double value(int step) {
    return values[step];
  }

  public @Nullable FloatHistogram histogram(int step) {
    @Nullable FloatHistogram[] column = histograms;
    return column == null ? null : column[step];
  }

  public boolean isPresent(int step) {
    return isFloat(step) || histogram(step) != null;
  }

  void set(int step, FloatHistogram histogram) {
    @Nullable FloatHistogram[] column = histograms;
    if (column == null) {
      column = new FloatHistogram[values.length];
      histograms = column;
    }
    column[step] = histogram;
  }

  /** The same without its histograms. */
  StepSeries floatsOnly() {
    return histograms == null ? this : new StepSeries(labels, dropsName, values);
  }

  boolean isAnyFloat() {
    for (double value : values) {
      if (!isEmpty(value)) {
        return true;
      }
    }
    return false;
  }

  boolean isAllEmpty() {
    for (int i = 0; i < values.length; i++) {
      if (isPresent(i)) {
        return false;
      }
    }
    return true;
  }

  StepSeries with(Labels newLabels, boolean newDropsName) {
    return new StepSeries(newLabels, newDropsName, values, histograms);
  }
}

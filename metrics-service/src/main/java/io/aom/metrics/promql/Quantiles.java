package io.aom.metrics.promql;

import java.util.Arrays;

/** The quantile of a set of numbers. */
final class Quantiles {
  private Quantiles() {}

  /**
   * The φ-quantile of {@code values[0, count)}, interpolated between neighbours; the values are
   * reordered. A NaN counts as the smallest value.
   */
  static double of(double phi, double[] values, int count) {
    if (count == 0 || Double.isNaN(phi)) {
      return Double.NaN;
    }
    if (phi < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (phi > 1) {
      return Double.POSITIVE_INFINITY;
    }
    sortNanFirst(values, count);
    double rank = phi * (count - 1);
    int lower = (int) Math.max(0, Math.floor(rank));
    int upper = Math.min(count - 1, lower + 1);
    double weight = rank - Math.floor(rank);
    return values[lower] * (1 - weight) + values[upper] * weight;
  }

  private static void sortNanFirst(double[] values, int count) {
    Arrays.sort(values, 0, count); // NaN last
    int nans = 0;
    while (nans < count && Double.isNaN(values[count - 1 - nans])) {
      nans++;
    }
    if (nans > 0 && nans < count) {
      double[] numbers = Arrays.copyOf(values, count - nans);
      Arrays.fill(values, 0, nans, Double.NaN);
      System.arraycopy(numbers, 0, values, nans, numbers.length);
    }
  }
}

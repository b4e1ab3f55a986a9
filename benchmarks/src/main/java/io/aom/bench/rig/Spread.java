package io.aom.bench.rig;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** A figure that was taken more than once. */
public record Spread(double median, double least, double most) {
  public static Spread of(double... figures) {
    if (figures.length == 0) {
      throw new IllegalArgumentException("figures: none (expected: 1 or more)");
    }
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  public static Spread of(Collection<Double> figures) {
    return of(figures.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Median, least and most. */
  public String text(int decimals) {
    String one = "%." + decimals + 'f';
    return String.format(Locale.ROOT, one + " (" + one + '-' + one + ')', median, least, most);
  }
}

package io.aom.metrics.promql;

import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of {@code rate}, {@code increase} and {@code delta} over columns of samples: no
 * object per sample or window.
 */
public final class Rates {
  private Rates() {}

  /**
   * Rate of a series at every step of a grid, into {@code out}: the hot path of most dashboards.
   * Windows slide along, so each sample is looked at a bounded number of times whatever the range.
   *
   * @param times epoch milliseconds, increasing; of them the first {@code count} are samples
   * @param counter whether a falling value is a restart from zero
   * @param perSecond whether the rise is divided by the range
   * @param firstEnd end of the first window; the next end {@code stepMillis} later, and so on
   * @param out a value for each window; left as it is where a window has fewer than two samples
   */
  public static void overGrid(
      long[] times,
      double[] values,
      int count,
      boolean counter,
      boolean perSecond,
      long firstEnd,
      long stepMillis,
      long rangeMillis,
      double[] out) {
    int from = 0;
    int to = 0;
    // Restarts up to and with each sample are summed as the window's end passes them.
    Lost lost = counter ? Lost.of(values, count) : null;
    for (int step = 0; step < out.length; step++) {
      long end = firstEnd + step * stepMillis;
      long start = end - rangeMillis;
      while (to < count && times[to] <= end) {
        to++;
      }
      while (from < to && times[from] <= start) {
        from++;
      }
      if (to - from < 2) {
        continue;
      }
      double rise = values[to - 1] - values[from];
      if (lost != null) {
        rise += lost.between(from, to - 1);
      }
      out[step] =
          extrapolated(
              rise,
              values[from],
              times[from],
              times[to - 1],
              to - from,
              start,
              end,
              counter,
              perSecond);
    }
  }

  /**
   * What a counter lost in restarts.
   *
   * @param sum for each sample all that was lost before it
   * @param rest what rounding took of that sum; what a window lost may be small beside what all
   *     windows before it did
   */
  private record Lost(double[] values, double[] sum, double[] rest) {
    /** Null if there was no restart. */
    static @Nullable Lost of(double[] values, int count) {
      int first = 1;
      while (first < count && !(values[first] < values[first - 1])) {
        first++;
      }
      if (first >= count) {
        return null;
      }
      double[] sums = new double[count];
      double[] rests = new double[count];
      KahanSum lost = new KahanSum();
      for (int i = first; i < count; i++) {
        if (values[i] < values[i - 1]) {
          lost.add(values[i - 1]);
        }
        sums[i] = lost.sum;
        rests[i] = lost.lost;
      }
      return new Lost(values, sums, rests);
    }

    double between(int from, int to) {
      double lost = (sum[to] - sum[from]) + (rest[to] - rest[from]);
      if (Double.isFinite(lost)) {
        return lost;
      }
      lost = 0; // what was infinite may lie before this window
      for (int i = from + 1; i <= to; i++) {
        lost += values[i] < values[i - 1] ? values[i - 1] : 0;
      }
      return lost;
    }
  }

  /**
   * A rise between two samples extended to the edges of the range, as Prometheus does it: by at
   * most half an average interval where the edge is far, and for a counter not below zero.
   *
   * @param rise from the first to the last sample
   * @param count samples in the range, at least 2
   */
  public static double extrapolated(
      double rise,
      double first,
      long firstTime,
      long lastTime,
      int count,
      long start,
      long end,
      boolean counter,
      boolean perSecond) {
    return rise * factor(rise, first, firstTime, lastTime, count, start, end, counter, perSecond);
  }

  static double factor(
      double rise,
      double first,
      long firstTime,
      long lastTime,
      int count,
      long start,
      long end,
      boolean counter,
      boolean perSecond) {
    double toStart = firstTime - start;
    double toEnd = end - lastTime;
    double sampled = lastTime - firstTime;
    int gaps = count - 1;
    if (far(toStart, sampled, gaps)) {
      toStart = sampled / gaps / 2;
    }
    if (counter && rise > 0 && first >= 0 && sampled * first < toStart * rise) {
      toStart = sampled * (first / rise); // where the counter would have been zero
    }
    if (far(toEnd, sampled, gaps)) {
      toEnd = sampled / gaps / 2;
    }
    double factor = (sampled + toStart + toEnd) / sampled;
    return perSecond ? factor / ((end - start) / 1000.0) : factor;
  }

  /**
   * By how much a rise since {@code began} is extended: the counter is known to have been zero
   * then, so nothing is guessed on the left.
   *
   * @param began inside the range and before the first sample
   * @param count samples in the range, at least 1; one alone says nothing of what is to its right
   */
  static double factorSince(
      long began,
      long firstTime,
      long lastTime,
      int count,
      long start,
      long end,
      boolean perSecond) {
    double toEnd = end - lastTime;
    int gaps = count - 1;
    if (gaps == 0) {
      toEnd = 0;
    } else if (far(toEnd, (double) (lastTime - firstTime), gaps)) {
      toEnd = (double) (lastTime - firstTime) / gaps / 2;
    }
    double sampled = lastTime - began;
    double factor = (sampled + toEnd) / sampled;
    return perSecond ? factor / ((end - start) / 1000.0) : factor;
  }

  /**
   * Whether an edge is at least 1.1 average intervals away. Compared without a division, which
   * costs most here, except where rounding decides: there it is rounded as Prometheus does.
   */
  private static boolean far(double millis, double sampledMillis, int gaps) {
    double distance = millis * gaps;
    double threshold = sampledMillis * 1.1;
    if (Math.abs(distance - threshold) > threshold * 1e-9) {
      return distance > threshold;
    }
    return millis / 1000 >= sampledMillis / 1000 / gaps * 1.1;
  }
}

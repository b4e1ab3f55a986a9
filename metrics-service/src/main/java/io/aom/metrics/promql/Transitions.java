package io.aom.metrics.promql;

/** How often the samples of a range change: {@code changes} and {@code resets}. */
final class Transitions {
  private Transitions() {}

  /** How often the value changes from sample to sample, or a counter only restarts. */
  static double count(Window w, boolean resets) {
    int count = 0;
    int f = w.from;
    int h = w.histogramFrom;
    boolean lastFloat = false;
    boolean any = false;
    while (f < w.to || h < w.histogramTo) {
      boolean isFloat = f < w.to && (h == w.histogramTo || w.times[f] < w.histogramTimes[h]);
      if (any && isFloat != lastFloat) {
        count++;
      } else if (any && isFloat) {
        count += (resets ? w.restarts(f) : differs(w.values[f], w.values[f - 1])) ? 1 : 0;
      } else if (any) {
        count += (resets ? w.histogramRestarts(h) : changes(w, h)) ? 1 : 0;
      }
      if (isFloat) {
        f++;
      } else {
        h++;
      }
      lastFloat = isFloat;
      any = true;
    }
    return count;
  }

  /**
   * Empty buckets are no change: Prometheus compares them, but its storage has given all histograms
   * of a chunk the same buckets by then.
   */
  private static boolean changes(Window w, int histogram) {
    return !w.histograms[histogram].sameContent(w.histograms[histogram - 1]);
  }

  private static boolean differs(double a, double b) {
    return a != b && !(Double.isNaN(a) && Double.isNaN(b));
  }
}

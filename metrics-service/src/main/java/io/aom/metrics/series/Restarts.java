package io.aom.metrics.series;

/**
 * What the start times of two neighbouring samples say of a restart between them. Times are epoch
 * milliseconds; a start of 0 is not known.
 */
public final class Restarts {
  private Restarts() {}

  /** Whether the counter started anew behind the sample before. */
  public static boolean between(long startBefore, long timeBefore, long start, long time) {
    if (start == 0 || start >= time || start < timeBefore) {
      return false; // not known, impossible, OpenTelemetry's "unknown", or still the same run
    }
    if (start > timeBefore) {
      return true;
    }
    // It starts where the sample before ended: a delta, or a cumulative counter whose first sample
    // did not know its own start.
    return startBefore != 0 && startBefore < timeBefore;
  }

  /** Whether a sample says to have started before its predecessor, yet not with it. */
  public static boolean overlaps(long startBefore, long timeBefore, long start) {
    return start != 0 && start < timeBefore && start != startBefore;
  }
}

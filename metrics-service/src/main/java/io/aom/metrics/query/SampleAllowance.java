package io.aom.metrics.query;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;

/** Counts what a query reads and refuses more than it may. For one thread. */
final class SampleAllowance {
  private final long most;
  private long taken;

  SampleAllowance(long most) {
    this.most = most;
  }

  long taken() {
    return taken;
  }

  /**
   * @throws RejectedException with 422 if these are too many
   */
  void take(long samples) {
    taken += samples;
    if (taken > most) {
      throw new RejectedException(
          Problem.UNPROCESSABLE,
          "query processing would load too many samples (expected: at most "
              + most
              + "; narrow the selectors or the time range)");
    }
  }

  /**
   * @throws RejectedException with 422 if these are more series than a selector may find
   */
  static void checkSeries(int count, int most) {
    if (count > most) {
      throw new RejectedException(
          Problem.UNPROCESSABLE,
          "series of one selector: more than "
              + most
              + " (expected: at most that; narrow the selector or the time range)");
    }
  }
}

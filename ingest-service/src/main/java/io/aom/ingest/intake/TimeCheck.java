package io.aom.ingest.intake;

import java.time.Instant;

/** Decides whether a time lies in the window that is taken. */
public final class TimeCheck {
  private TimeCheck() {}

  /** Whether {@code earliest <= timeMillis <= latest}; otherwise counts one item as refused. */
  public static boolean accepts(long timeMillis, long earliest, long latest, Refusals refusals) {
    if (timeMillis > latest) {
      refuse(RefusalReason.TOO_FAR_IN_FUTURE, timeMillis, "at most ", latest, refusals);
      return false;
    }
    if (timeMillis < earliest) {
      refuse(RefusalReason.TOO_OLD, timeMillis, "at least ", earliest, refusals);
      return false;
    }
    return true;
  }

  private static void refuse(
      RefusalReason reason, long timeMillis, String bound, long limit, Refusals refusals) {
    String detail =
        refusals.has(reason)
            ? ""
            : "time: " + timeMillis + " (expected: " + bound + Instant.ofEpochMilli(limit) + ")";
    refusals.add(reason, 1, detail);
  }
}

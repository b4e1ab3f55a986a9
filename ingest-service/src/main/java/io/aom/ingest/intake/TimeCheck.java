package io.aom.ingest.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Decides whether a time lies in the window that is taken, and says what may be wrong with it. */
public final class TimeCheck {
  /** A wrong unit is wrong by a factor of 1,000, so a guess needs to be near the window only. */
  private static final long NEAR_MILLIS = Duration.ofDays(7_300).toMillis();

  private static final List<TimeUnit> UNITS =
      List.of(TimeUnit.SECONDS, TimeUnit.MILLISECONDS, TimeUnit.MICROSECONDS, TimeUnit.NANOSECONDS);

  private TimeCheck() {}

  /**
   * Whether {@code earliest <= timeMillis <= latest}; otherwise counts one item as refused.
   *
   * @param field what the protocol's field counts since 1970; {@code timeMillis} was made from it
   */
  public static boolean accepts(
      long timeMillis, TimeUnit field, long earliest, long latest, Refusals refusals) {
    if (timeMillis > latest) {
      refuse(
          RefusalReason.TOO_FAR_IN_FUTURE, timeMillis, field, "at most ", latest, latest, refusals);
      return false;
    }
    if (timeMillis < earliest) {
      refuse(RefusalReason.TOO_OLD, timeMillis, field, "at least ", earliest, latest, refusals);
      return false;
    }
    return true;
  }

  /** The same of an exemplar: outside of the window it is counted as refused, which is no fault. */
  public static boolean acceptsExemplar(
      long timeMillis, long earliest, long latest, Refusals refusals) {
    if (timeMillis > latest) {
      refusals.addExemplar(RefusalReason.TOO_FAR_IN_FUTURE);
      return false;
    }
    if (timeMillis < earliest) {
      refusals.addExemplar(RefusalReason.TOO_OLD);
      return false;
    }
    return true;
  }

  /** Milliseconds since 1970 of an unsigned number of nanoseconds, as OTLP has them. */
  public static long millis(long nanos) {
    return Long.divideUnsigned(nanos, 1_000_000);
  }

  private static void refuse(
      RefusalReason reason,
      long timeMillis,
      TimeUnit field,
      String bound,
      long limit,
      long latest,
      Refusals refusals) {
    String detail =
        refusals.has(reason)
            ? ""
            : "time: "
                + Instant.ofEpochMilli(timeMillis)
                + " (expected: "
                + bound
                + Instant.ofEpochMilli(limit)
                + mistake(timeMillis, field, latest)
                + ")";
    refusals.add(reason, 1, detail);
  }

  /** The likely reason of a time that is far off; empty if none comes to mind. */
  private static String mistake(long timeMillis, TimeUnit field, long latest) {
    if (timeMillis == 0) {
      return "; the time seems not to be set";
    }
    for (TimeUnit sent : UNITS) {
      double meant = (double) timeMillis * sent.toNanos(1) / field.toNanos(1);
      if (sent != field && Math.abs(meant - latest) < NEAR_MILLIS) {
        return "; " + name(field) + " since 1970, this looks like " + name(sent);
      }
    }
    return "";
  }

  private static String name(TimeUnit unit) {
    return unit.name().toLowerCase(Locale.ROOT);
  }
}

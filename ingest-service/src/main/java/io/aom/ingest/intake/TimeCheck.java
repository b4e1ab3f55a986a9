package io.aom.ingest.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
    RefusalReason reason = outside(timeMillis, earliest, latest);
    if (reason == null) {
      return true;
    }
    boolean old = reason == RefusalReason.TOO_OLD;
    refuse(
        reason,
        timeMillis,
        field,
        old ? "at least " : "at most ",
        old ? earliest : latest,
        latest,
        refusals);
    return false;
  }

  /** The same of an exemplar: outside of the window it is counted as refused, which is no fault. */
  public static boolean acceptsExemplar(
      long timeMillis, long earliest, long latest, Refusals refusals) {
    RefusalReason reason = outside(timeMillis, earliest, latest);
    if (reason != null) {
      refusals.addExemplar(reason);
    }
    return reason == null;
  }

  private static @Nullable RefusalReason outside(long timeMillis, long earliest, long latest) {
    if (timeMillis > latest) {
      return RefusalReason.TOO_FAR_IN_FUTURE;
    }
    return timeMillis < earliest ? RefusalReason.TOO_OLD : null;
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

package io.aom.blockstore;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes days of which every row is older than the retention, and parts that never became visible.
 * One member does it for all, of all replica groups. Of one thread, but for {@link #failures}.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final Duration EVERY = Duration.ofHours(1);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
  // Whoever stores parts has made, or missed, the manifest long before.
  private static final Duration SWEPT_AGAIN = Duration.ofDays(1);

  private final String signal;
  private final BlockCatalogue catalogue;
  private final Duration retention;
  private final boolean responsible;
  private final InstantSource clock;
  private final AtomicLong failures = new AtomicLong();
  private Instant due = Instant.MIN;
  private Instant sweepFrom = Instant.EPOCH; // The first look is at everything.

  Upkeep(
      String signal,
      BlockCatalogue catalogue,
      Duration retention,
      Membership membership,
      InstantSource clock) {
    this.signal = signal;
    this.catalogue = catalogue;
    this.retention = retention;
    this.responsible = membership.first();
    this.clock = clock;
  }

  /** Removes what is to go, if it is time to look; a failure is counted and tried again later. */
  void runIfDue() {
    Instant now = clock.instant();
    if (!responsible || now.isBefore(due)) {
      return;
    }
    // A day ends before its first row may go, so rows live up to a day longer than the retention.
    LocalDate firstKept = now.minus(retention).atZone(ZoneOffset.UTC).toLocalDate();
    try {
      List<LocalDate> dropped = catalogue.dropBefore(firstKept);
      if (!dropped.isEmpty()) {
        LOG.info("days removed signal={} days={} retention={}", signal, dropped, retention);
      }
      long swept = catalogue.sweep(sweepFrom.toEpochMilli());
      if (swept > 0) {
        LOG.info("invisible parts removed signal={} count={}", signal, swept);
      }
      sweepFrom = now.minus(SWEPT_AGAIN);
      due = now.plus(EVERY);
    } catch (RuntimeException e) {
      failures.incrementAndGet();
      due = now.plus(AFTER_FAILURE);
      LOG.warn("old days or invisible parts not removed, trying again signal={}", signal, e);
    }
  }

  long failures() {
    return failures.get();
  }
}

package io.aom.blockstore;

import io.aom.blockstore.Retention.Said;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes days, and months of tiers, of which every row is older than any tenant keeps rows; parts
 * of tenants that keep theirs, or what a rule names, for less; and parts that never became visible.
 * One member does it for all, of all replica groups. Of one thread, but for {@link #failures} and
 * {@link #rowsExpired}.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final Duration EVERY = Duration.ofHours(1);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
  private static final Duration SOON = Duration.ofSeconds(10);
  // Whoever stores parts has made, or missed, the manifest long before.
  private static final Duration SWEPT_AGAIN = Duration.ofDays(1);

  private final String signal;
  private final BlockCatalogue catalogue;
  private final List<String> tiers;
  private final Retention retention;
  private final @Nullable ExpiredParts expired;
  private final boolean responsible;
  private final InstantSource clock;
  private final AtomicLong failures = new AtomicLong();
  private Instant due = Instant.MIN;
  private Instant expiryDue = Instant.MIN;
  private Duration nextLook = EVERY;
  private Instant sweepFrom = Instant.EPOCH; // The first look is at everything.

  /**
   * @param expired null if the signal knows no rules
   */
  Upkeep(
      String signal,
      BlockCatalogue catalogue,
      List<String> tiers,
      Retention retention,
      @Nullable ExpiredParts expired,
      Membership membership,
      InstantSource clock) {
    this.signal = signal;
    this.catalogue = catalogue;
    this.tiers = tiers;
    this.retention = retention;
    this.expired = expired;
    this.responsible = membership.first();
    this.clock = clock;
  }

  /** Removes what is to go, if it is time to look; a failure is counted and tried again later. */
  void runIfDue() {
    Instant now = clock.instant();
    if (!responsible) {
      return;
    }
    if (!now.isBefore(due)) {
      due = now.plus(done(() -> removeOld(now)) ? EVERY : AFTER_FAILURE);
    }
    if (expired != null && !now.isBefore(expiryDue)) {
      expiryDue = now.plus(done(() -> removeExpired(expired, now)) ? nextLook : AFTER_FAILURE);
    }
  }

  private boolean done(Runnable work) {
    try {
      work.run();
      return true;
    } catch (RuntimeException e) {
      failures.incrementAndGet();
      LOG.warn("old days or invisible parts not removed, trying again signal={}", signal, e);
      return false;
    }
  }

  private void removeOld(Instant now) {
    drop(retention.settled(), now);
    long swept = catalogue.sweep(sweepFrom.toEpochMilli());
    if (swept > 0) {
      LOG.info("invisible parts removed signal={} count={}", signal, swept);
    }
    sweepFrom = now.minus(SWEPT_AGAIN);
  }

  private void removeExpired(ExpiredParts parts, Instant now) {
    long before = parts.rows();
    nextLook = parts.removeSome(retention.settled(), now.toEpochMilli()) ? SOON : EVERY;
    if (parts.rows() > before) {
      LOG.info("rows removed by rules signal={} count={}", signal, parts.rows() - before);
    }
  }

  /** Rows as they were received that went with parts of which rules left nothing. */
  long rowsExpired() {
    return expired == null ? 0 : expired.rows();
  }

  private void drop(Collection<Said> settled, Instant now) {
    long nowMillis = now.toEpochMilli();
    List<LocalDate> dropped =
        catalogue.dropBefore(retention.firstKept(BlockPart.AS_RECEIVED, nowMillis));
    if (!dropped.isEmpty()) {
      LOG.info("days removed signal={} days={}", signal, dropped);
    }
    for (String tier : tiers) {
      List<LocalDate> months = catalogue.dropBefore(tier, retention.firstKept(tier, nowMillis));
      if (!months.isEmpty()) {
        LOG.info("months removed signal={} tier={} months={}", signal, tier, months);
      }
    }
    for (Said one : settled) {
      long removed = drop(one, BlockPart.AS_RECEIVED, now);
      for (String tier : tiers) {
        removed += drop(one, tier, now);
      }
      if (removed > 0) {
        LOG.info("old parts removed signal={} tenant={} count={}", signal, one.tenant(), removed);
      }
    }
  }

  private long drop(Said settled, String tier, Instant now) {
    Duration kept = settled.kept().apply(tier);
    if (kept.compareTo(retention.longest(tier)) >= 0) {
      return 0;
    }
    return catalogue.drop(
        settled.tenant(), tier, Retention.goneAsOf(now.minus(kept).toEpochMilli()));
  }

  /** How often something that is to go was not removed. */
  long failures() {
    return failures.get() + (expired == null ? 0 : expired.corrupt());
  }
}

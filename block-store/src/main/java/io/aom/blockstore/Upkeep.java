package io.aom.blockstore;

import io.aom.telemetry.TenantId;
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
 * Removes days, and months of tiers, of which every row is older than any tenant keeps rows; parts
 * of tenants that keep theirs for less; and parts that never became visible. One member does it for
 * all, of all replica groups. Of one thread, but for {@link #failures}.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final Duration EVERY = Duration.ofHours(1);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
  // Whoever stores parts has made, or missed, the manifest long before.
  private static final Duration SWEPT_AGAIN = Duration.ofDays(1);

  /**
   * For how long a tenant's parts stay when nobody is answered from them any more: queries that
   * have found them read them still, and blocks with rows that came late are merged first, which
   * parts that have gone would keep them from.
   */
  private static final Duration TENANT_GRACE = Duration.ofDays(1);

  private final String signal;
  private final BlockCatalogue catalogue;
  private final List<String> tiers;
  private final Retention retention;
  private final boolean responsible;
  private final InstantSource clock;
  private final AtomicLong failures = new AtomicLong();
  private Instant due = Instant.MIN;
  private Instant sweepFrom = Instant.EPOCH; // The first look is at everything.

  Upkeep(
      String signal,
      BlockCatalogue catalogue,
      List<String> tiers,
      Retention retention,
      Membership membership,
      InstantSource clock) {
    this.signal = signal;
    this.catalogue = catalogue;
    this.tiers = tiers;
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
    try {
      drop(now);
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

  private void drop(Instant now) {
    // A day ends before its first row may go, so rows live up to a day longer than the retention.
    List<LocalDate> dropped = catalogue.dropBefore(firstKept(now, BlockPart.AS_RECEIVED));
    if (!dropped.isEmpty()) {
      LOG.info("days removed signal={} days={}", signal, dropped);
    }
    for (String tier : tiers) {
      List<LocalDate> months = catalogue.dropBefore(tier, firstKept(now, tier));
      if (!months.isEmpty()) {
        LOG.info("months removed signal={} tier={} months={}", signal, tier, months);
      }
    }
    for (TenantId tenant : retention.tenants()) {
      long removed = drop(tenant, BlockPart.AS_RECEIVED, now);
      for (String tier : tiers) {
        removed += drop(tenant, tier, now);
      }
      if (removed > 0) {
        LOG.info("old parts removed signal={} tenant={} count={}", signal, tenant, removed);
      }
    }
  }

  private LocalDate firstKept(Instant now, String tier) {
    return now.minus(retention.longest(tier)).atZone(ZoneOffset.UTC).toLocalDate();
  }

  private long drop(TenantId tenant, String tier, Instant now) {
    Duration kept = retention.of(tenant, tier);
    if (kept.compareTo(retention.longest(tier)) >= 0) {
      return 0;
    }
    return catalogue.drop(tenant, tier, now.minus(kept).minus(TENANT_GRACE).toEpochMilli());
  }

  long failures() {
    return failures.get();
  }
}

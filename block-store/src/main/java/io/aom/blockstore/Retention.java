package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * How long rows are kept, by their own time, of each tier ({@link BlockPart#AS_RECEIVED} or one of
 * {@link BlockFormat#tiers}). What is older is not answered, and removed some time later. Safe for
 * concurrent use.
 */
public interface Retention {
  /** Nobody keeps rows for less. */
  Duration LEAST = Duration.ofDays(1);

  /**
   * For how long rows stay that are not answered any more: queries that have found their parts read
   * them still, and blocks with rows that came late are merged first, which parts that have gone
   * would keep them from.
   */
  Duration GRACE = Duration.ofDays(1);

  /**
   * Far longer than it takes until every member knows what a tenant says, and until every query has
   * ended that began before.
   */
  Duration SETTLED_AFTER = Duration.ofHours(1);

  /** How long any tenant's rows are kept at most. */
  Duration longest(String tier);

  /** How long a tenant's rows are kept; {@link #longest} at most. */
  default Duration of(TenantId tenant, String tier) {
    return longest(tier);
  }

  /** All that a tenant says, at one moment. */
  default Said said(TenantId tenant) {
    return new Said(tenant, tier -> of(tenant, tier), List.of());
  }

  /**
   * What tenants say that keep some rows for less than the longest, as of now. Rows are removed by
   * this alone. A tenant that has said something else within {@link #SETTLED_AFTER} is left out:
   * there may be queries that go by that.
   */
  default Collection<Said> settled() {
    return List.of();
  }

  /**
   * What a tenant says.
   *
   * @param kept by tier, as {@link Retention#of} says
   * @param rules by what some rows are kept for less than that
   */
  record Said(TenantId tenant, Function<String, Duration> kept, List<RetentionRule> rules) {}

  /** Rows that were no longer kept then are removed. */
  static long goneAsOf(long nowMillis) {
    return nowMillis - GRACE.toMillis();
  }

  /** Rows of earlier days are removed, whoever's they are: no tenant kept them even then. */
  default LocalDate firstKept(String tier, long nowMillis) {
    return BlockPart.day(goneAsOf(nowMillis) - longest(tier).toMillis());
  }

  /** All rows of all tenants alike. */
  static Retention ofAll(Duration retention) {
    return tier -> retention;
  }

  /** Epoch milliseconds of the oldest row that is still answered. */
  default long keptFromMillis(TenantId tenant, String tier, long nowMillis) {
    return nowMillis - of(tenant, tier).toMillis();
  }
}

package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * How long rows are kept, by their own time, of each tier ({@link BlockPart#AS_RECEIVED} or one of
 * {@link BlockFormat#tiers}). What is older is not answered, and removed some time later. Safe for
 * concurrent use.
 */
public interface Retention {
  /** Nobody keeps rows for less. */
  Duration LEAST = Duration.ofDays(1);

  /** How long any tenant's rows are kept at most. */
  Duration longest(String tier);

  /** How long a tenant's rows are kept; {@link #longest} at most. */
  default Duration of(TenantId tenant, String tier) {
    return longest(tier);
  }

  /**
   * Tenants some of whose rows are kept for less than the longest. Rows are removed by what this
   * says, and by what {@link #of} says next, so it is to be up to date.
   */
  default Collection<TenantId> tenants() {
    return List.of();
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

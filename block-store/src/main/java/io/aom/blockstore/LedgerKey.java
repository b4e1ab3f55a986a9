package io.aom.blockstore;

import io.aom.telemetry.TenantId;

/**
 * Whose items, and when they came.
 *
 * @param hourMillis epoch milliseconds of the beginning of the hour of receipt
 */
public record LedgerKey(TenantId tenant, long hourMillis) {
  public static final long HOUR_MILLIS = 3_600_000;

  static LedgerKey of(TenantId tenant, long receivedMillis) {
    return new LedgerKey(tenant, Math.floorDiv(receivedMillis, HOUR_MILLIS) * HOUR_MILLIS);
  }
}

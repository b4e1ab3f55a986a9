package io.aom.metrics.query;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.Retention;
import io.aom.metrics.series.Resolution;
import io.aom.telemetry.TenantId;

/**
 * From when on a tenant's data is answered, in epoch milliseconds.
 *
 * @param samplesFrom of samples
 * @param fiveMinutesFrom of rollups of five minutes
 * @param hoursFrom of rollups of an hour
 */
public record Kept(long samplesFrom, long fiveMinutesFrom, long hoursFrom) {
  /** Whatever there is. */
  public static final Kept ALL = new Kept(Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE);

  public static Kept of(Retention retention, TenantId tenant, long nowMillis) {
    return new Kept(
        retention.keptFromMillis(tenant, BlockPart.AS_RECEIVED, nowMillis),
        retention.keptFromMillis(tenant, Resolution.FIVE_MINUTES.text(), nowMillis),
        retention.keptFromMillis(tenant, Resolution.HOUR.text(), nowMillis));
  }

  /** Of {@code (afterMillis, …]} that of which samples are answered. */
  long samplesAfter(long afterMillis) {
    return Math.max(afterMillis, samplesFrom - (samplesFrom == Long.MIN_VALUE ? 0 : 1));
  }
}

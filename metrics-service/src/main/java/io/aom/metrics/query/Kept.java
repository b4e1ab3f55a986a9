package io.aom.metrics.query;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.Retention;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.Resolution;
import io.aom.telemetry.TenantId;

/**
 * From when on a tenant's data is answered, in epoch milliseconds.
 *
 * @param samplesFrom of samples
 * @param fiveMinutesFrom of rollups of five minutes
 * @param hoursFrom of rollups of an hour
 * @param cuts of what rules keep for less, samples and rollups alike
 */
public record Kept(long samplesFrom, long fiveMinutesFrom, long hoursFrom, SeriesCuts cuts) {
  /** Whatever there is. */
  public static final Kept ALL = new Kept(Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE);

  /** Without rules. */
  public Kept(long samplesFrom, long fiveMinutesFrom, long hoursFrom) {
    this(samplesFrom, fiveMinutesFrom, hoursFrom, SeriesCuts.NONE);
  }

  public static Kept of(Retention retention, TenantId tenant, long nowMillis) {
    Retention.Said said = retention.said(tenant);
    return new Kept(
        nowMillis - said.kept().apply(BlockPart.AS_RECEIVED).toMillis(),
        nowMillis - said.kept().apply(Resolution.FIVE_MINUTES.text()).toMillis(),
        nowMillis - said.kept().apply(Resolution.HOUR.text()).toMillis(),
        SeriesCuts.of(said.rules(), nowMillis));
  }

  /** The cuts that matter for what is later than this; mostly none, since what is new is kept. */
  SeriesCuts cutsAfter(long afterMillis) {
    return cuts.reachBeyond(afterMillis) ? cuts : SeriesCuts.NONE;
  }

  /** Of {@code (afterMillis, …]} that of which samples are answered. */
  long samplesAfter(long afterMillis) {
    return Math.max(afterMillis, samplesFrom - (samplesFrom == Long.MIN_VALUE ? 0 : 1));
  }
}

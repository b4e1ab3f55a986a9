package io.aom.ingest.series;

import io.aom.ingest.intake.TenantCache;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.labels.TenantHash;
import java.util.function.Function;

/** What is known of each tenant's series, the same for all protocols. Thread-safe. */
public final class SeriesTenants {
  private final TenantCache<SeriesTenant> tenants;

  /**
   * @param limits of a tenant
   */
  public SeriesTenants(SeriesCache cache, Function<TenantId, SeriesLimits> limits, HaPairs pairs) {
    tenants =
        new TenantCache<>(
            tenant ->
                new SeriesTenant(
                    new TenantHash(tenant),
                    cache.of(tenant),
                    new ActiveSeries(limits.apply(tenant)),
                    pairs.of(tenant)));
  }

  public SeriesTenant of(TenantId tenant) {
    return tenants.of(tenant);
  }

  /** Active series of all tenants. */
  public long activeSeries() {
    return tenants.all().stream().mapToLong(tenant -> tenant.active().count()).sum();
  }
}

package io.aom.ingest.remotewrite;

import io.aom.telemetry.TenantId;
import io.aom.telemetry.labels.TenantHash;

/**
 * What a splitter needs to know of a tenant; costlier to make than to use, so keep it.
 *
 * @param hash decides on partitions, the same everywhere
 * @param cache this process' memory of the tenant's series
 */
public record SeriesTenant(TenantHash hash, SeriesCache.View cache) {
  public static SeriesTenant of(TenantId tenant, SeriesCache cache) {
    return new SeriesTenant(new TenantHash(tenant), cache.of(tenant));
  }
}

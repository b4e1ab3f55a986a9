package io.aom.ingest.series;

import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.telemetry.TenantId;
import java.time.Duration;

/** Tenants for tests of what splits requests. */
public final class SeriesTenantExamples {
  static final HaPairs.Settings PAIRS =
      new HaPairs.Settings("cluster", "__replica__", Duration.ofSeconds(30), 2);

  private SeriesTenantExamples() {}

  public static SeriesTenant unbounded(TenantId tenant, SeriesCache cache) {
    return bounded(tenant, cache, SeriesLimits.NONE);
  }

  /** One with those limits, whose pairs may name two clusters. */
  public static SeriesTenant bounded(TenantId tenant, SeriesCache cache, SeriesLimits limits) {
    return tenants(cache, limits).of(tenant);
  }

  /** All there are, without limits, whose pairs may name two clusters each. */
  public static SeriesTenants unbounded() {
    return tenants(new SeriesCache(64), SeriesLimits.NONE);
  }

  private static SeriesTenants tenants(SeriesCache cache, SeriesLimits limits) {
    HaPairs pairs = new HaPairs(new InMemoryDocumentStore<>(HaPairDocument.TYPE), PAIRS);
    return new SeriesTenants(cache, t -> limits, pairs);
  }
}

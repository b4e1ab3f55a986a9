package io.aom.ingest.remotewrite;

import io.aom.ingest.body.Payload;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.SliceMemory;
import io.aom.ingest.intake.SplitterPools;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenants;
import io.aom.telemetry.TenantId;
import java.util.function.Function;

/** Splits remote write by the bounds of each tenant. Thread-safe. */
public final class RemoteWriteSplitters {
  private final SplitterPools<RemoteWriteSplitter> first =
      new SplitterPools<>(RemoteWriteSplitter::new);
  private final SplitterPools<RemoteWriteV2Splitter> second =
      new SplitterPools<>(RemoteWriteV2Splitter::new);
  private final SeriesTenants tenants;
  private final Function<TenantId, SliceLimits> limits;

  /**
   * @param limits of a tenant
   */
  public RemoteWriteSplitters(SeriesTenants tenants, Function<TenantId, SliceLimits> limits) {
    this.tenants = tenants;
    this.limits = limits;
  }

  /**
   * Splits a request.
   *
   * @param isSecond whether it is remote write 2.0
   * @param nowMillis our clock, epoch milliseconds
   * @param memory pays for the slices
   */
  public MetricSplit split(
      boolean isSecond,
      int partitions,
      TenantId tenant,
      Payload payload,
      long nowMillis,
      SliceMemory memory) {
    SeriesTenant series = tenants.of(tenant);
    SliceLimits bounds = limits.apply(tenant);
    byte[] bytes = payload.bytes();
    int length = payload.length();
    return isSecond
        ? second.with(partitions, bounds, s -> s.split(series, bytes, 0, length, nowMillis, memory))
        : first.with(partitions, bounds, s -> s.split(series, bytes, 0, length, nowMillis, memory));
  }
}

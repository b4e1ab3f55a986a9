package io.aom.ingest.remotewrite;

import io.aom.ingest.body.Payload;
import io.aom.ingest.intake.Pool;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.SliceMemory;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenants;
import io.aom.telemetry.TenantId;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps splitters for remote write, which are costly to make and serve one request at a time. */
public final class RemoteWriteSplitters {
  private static final int KEPT = 2 * Runtime.getRuntime().availableProcessors();

  private record Pools(Pool<RemoteWriteSplitter> first, Pool<RemoteWriteV2Splitter> second) {}

  private final ConcurrentHashMap<Integer, Pools> byPartitions = new ConcurrentHashMap<>();
  private final SeriesTenants tenants;
  private final SliceLimits limits;

  public RemoteWriteSplitters(SeriesTenants tenants, SliceLimits limits) {
    this.tenants = tenants;
    this.limits = limits;
  }

  /**
   * Splits a request.
   *
   * @param second whether it is remote write 2.0
   * @param nowMillis our clock, epoch milliseconds
   * @param memory pays for the slices
   */
  public MetricSplit split(
      boolean second,
      int partitions,
      TenantId tenant,
      Payload payload,
      long nowMillis,
      SliceMemory memory) {
    SeriesTenant series = tenants.of(tenant);
    Pools pools = byPartitions.computeIfAbsent(partitions, this::pools);
    byte[] bytes = payload.bytes();
    int length = payload.length();
    return second
        ? pools.second().with(s -> s.split(series, bytes, 0, length, nowMillis, memory))
        : pools.first().with(s -> s.split(series, bytes, 0, length, nowMillis, memory));
  }

  private Pools pools(int partitions) {
    return new Pools(
        new Pool<>(KEPT, () -> new RemoteWriteSplitter(partitions, limits)),
        new Pool<>(KEPT, () -> new RemoteWriteV2Splitter(partitions, limits)));
  }
}

package io.aom.ingest.otlp;

import io.aom.ingest.body.Payload;
import io.aom.ingest.intake.Pool;
import io.aom.ingest.intake.RequestDigest;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.SliceMemory;
import io.aom.ingest.intake.TenantCache;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenants;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.labels.TenantHash;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Keeps splitters for OTLP, which are costly to make and serve one request at a time. */
public final class OtlpSplitters {
  private static final int KEPT = 2 * Runtime.getRuntime().availableProcessors();

  private final ConcurrentHashMap<Integer, Pool<LogSplitter>> logs = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Integer, Pool<SpanSplitter>> spans = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Integer, Pool<OtlpMetricSplitter>> metrics =
      new ConcurrentHashMap<>();
  private final TenantCache<TenantHash> tenants = new TenantCache<>(TenantHash::new);
  private final SeriesTenants seriesTenants;
  private final SliceLimits logLimits;
  private final SliceLimits spanLimits;
  private final int logSpread;
  private final Function<Integer, OtlpMetricSplitter> metricSplitters;

  /**
   * @param metricSplitters makes a splitter for a number of partitions
   */
  public OtlpSplitters(
      SliceLimits logLimits,
      int logSpread,
      SliceLimits spanLimits,
      SeriesTenants seriesTenants,
      Function<Integer, OtlpMetricSplitter> metricSplitters) {
    this.logLimits = logLimits;
    this.logSpread = logSpread;
    this.spanLimits = spanLimits;
    this.seriesTenants = seriesTenants;
    this.metricSplitters = metricSplitters;
  }

  RecordSplit logs(
      int partitions,
      TenantId tenant,
      Payload payload,
      RequestDigest digest,
      long nowMillis,
      SliceMemory memory) {
    TenantHash hash = tenants.of(tenant);
    return logs.computeIfAbsent(
            partitions,
            count -> new Pool<>(KEPT, () -> new LogSplitter(count, logSpread, logLimits)))
        .with(
            s ->
                s.split(
                    hash, payload.bytes(), 0, payload.length(), digest.low(), nowMillis, memory));
  }

  RecordSplit spans(int partitions, Payload payload, long nowMillis, SliceMemory memory) {
    return spans
        .computeIfAbsent(
            partitions, count -> new Pool<>(KEPT, () -> new SpanSplitter(count, spanLimits)))
        .with(s -> s.split(payload.bytes(), 0, payload.length(), nowMillis, memory));
  }

  RecordSplit metrics(
      int partitions, TenantId tenant, Payload payload, long nowMillis, SliceMemory memory) {
    SeriesTenant series = seriesTenants.of(tenant);
    MetricSplit split =
        metrics
            .computeIfAbsent(
                partitions, count -> new Pool<>(KEPT, () -> metricSplitters.apply(count)))
            .with(s -> s.split(series, payload.bytes(), 0, payload.length(), nowMillis, memory));
    return new RecordSplit(split.slices(), split.items(), split.refusals());
  }
}

package io.aom.ingest.otlp;

import io.aom.ingest.body.Payload;
import io.aom.ingest.intake.RequestDigest;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.SliceMemory;
import io.aom.ingest.intake.SplitterPools;
import io.aom.ingest.intake.TenantCache;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenants;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.labels.TenantHash;
import java.util.function.BiFunction;

/** Splits OTLP by the bounds of each tenant. Thread-safe. */
public final class OtlpSplitters {
  private final SplitterPools<LogSplitter> logs;
  private final SplitterPools<SpanSplitter> spans = new SplitterPools<>(SpanSplitter::new);
  private final SplitterPools<OtlpMetricSplitter> metrics;
  private final TenantCache<TenantHash> tenants = new TenantCache<>(TenantHash::new);
  private final SeriesTenants seriesTenants;
  private final BiFunction<Signal, TenantId, SliceLimits> limits;

  /**
   * @param limits of a tenant
   * @param logSpread over how many partitions the logs of one resource may spread
   * @param translation how metrics read in Prometheus
   */
  public OtlpSplitters(
      BiFunction<Signal, TenantId, SliceLimits> limits,
      int logSpread,
      SeriesTenants seriesTenants,
      OtlpTranslation translation) {
    this.limits = limits;
    this.seriesTenants = seriesTenants;
    this.logs =
        new SplitterPools<>((partitions, bounds) -> new LogSplitter(partitions, logSpread, bounds));
    this.metrics =
        new SplitterPools<>(
            (partitions, bounds) -> new OtlpMetricSplitter(partitions, bounds, translation));
  }

  RecordSplit logs(
      int partitions,
      TenantId tenant,
      Payload payload,
      RequestDigest digest,
      long nowMillis,
      SliceMemory memory) {
    TenantHash hash = tenants.of(tenant);
    return logs.with(
        partitions,
        limits.apply(Signal.LOGS, tenant),
        s -> s.split(hash, payload.bytes(), 0, payload.length(), digest.low(), nowMillis, memory));
  }

  RecordSplit spans(
      int partitions, TenantId tenant, Payload payload, long nowMillis, SliceMemory memory) {
    return spans.with(
        partitions,
        limits.apply(Signal.SPANS, tenant),
        s -> s.split(payload.bytes(), 0, payload.length(), nowMillis, memory));
  }

  RecordSplit metrics(
      int partitions, TenantId tenant, Payload payload, long nowMillis, SliceMemory memory) {
    SeriesTenant series = seriesTenants.of(tenant);
    MetricSplit split =
        metrics.with(
            partitions,
            limits.apply(Signal.METRICS, tenant),
            s -> s.split(series, payload.bytes(), 0, payload.length(), nowMillis, memory));
    return new RecordSplit(split.slices(), split.items(), split.refusals());
  }
}

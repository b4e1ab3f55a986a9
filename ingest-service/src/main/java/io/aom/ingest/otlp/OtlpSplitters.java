package io.aom.ingest.otlp;

import io.aom.ingest.body.Payload;
import io.aom.ingest.intake.Pool;
import io.aom.ingest.intake.RequestDigest;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.TenantCache;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.labels.TenantHash;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps splitters for OTLP, which are costly to make and serve one request at a time. */
public final class OtlpSplitters {
  private static final int KEPT = 2 * Runtime.getRuntime().availableProcessors();

  private final ConcurrentHashMap<Integer, Pool<LogSplitter>> logs = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Integer, Pool<SpanSplitter>> spans = new ConcurrentHashMap<>();
  private final TenantCache<TenantHash> tenants = new TenantCache<>(TenantHash::new);
  private final SliceLimits logLimits;
  private final SliceLimits spanLimits;
  private final int logSpread;

  public OtlpSplitters(SliceLimits logLimits, int logSpread, SliceLimits spanLimits) {
    this.logLimits = logLimits;
    this.logSpread = logSpread;
    this.spanLimits = spanLimits;
  }

  RecordSplit logs(
      int partitions, TenantId tenant, Payload payload, RequestDigest digest, long nowMillis) {
    TenantHash hash = tenants.of(tenant);
    return logs.computeIfAbsent(
            partitions,
            count -> new Pool<>(KEPT, () -> new LogSplitter(count, logSpread, logLimits)))
        .with(s -> s.split(hash, payload.bytes(), 0, payload.length(), digest.low(), nowMillis));
  }

  RecordSplit spans(int partitions, Payload payload, long nowMillis) {
    return spans
        .computeIfAbsent(
            partitions, count -> new Pool<>(KEPT, () -> new SpanSplitter(count, spanLimits)))
        .with(s -> s.split(payload.bytes(), 0, payload.length(), nowMillis));
  }
}

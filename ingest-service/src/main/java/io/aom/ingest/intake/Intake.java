package io.aom.ingest.intake;

import io.aom.ingest.body.Body;
import io.aom.ingest.body.ContentCoding;
import io.aom.ingest.body.Payload;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The steps that follow splitting, the same for all protocols: the tenant's rate, Kafka, the count
 * of what was refused. Thread-safe.
 */
public final class Intake {
  private final RecordSink sink;
  private final RateLimits rates;
  private final RefusalCounts refusalCounts;
  private final IntakeMetrics metrics;

  public Intake(
      RecordSink sink, RateLimits rates, RefusalCounts refusalCounts, IntakeMetrics metrics) {
    this.sink = sink;
    this.rates = rates;
    this.refusalCounts = refusalCounts;
    this.metrics = metrics;
  }

  /**
   * How many partitions a signal has.
   *
   * @throws RejectedException with 503 as long as Kafka has not been reached
   */
  public int partitions(Signal signal) {
    int partitions = sink.partitions(signal);
    if (partitions == 0) {
      throw new RejectedException(
          Problem.UNAVAILABLE,
          "Kafka: not reached yet (expected: soon; send the request again)",
          Map.of("retryAfterSeconds", 2));
    }
    return partitions;
  }

  /**
   * Decodes the body of a request; one that is not what its coding says is counted.
   *
   * @throws RejectedException if it cannot be decoded, is too large or has no room now
   */
  public Payload decode(
      Signal signal, TenantId tenant, Body body, ContentCoding coding, long receivedMillis) {
    try {
      Payload payload = body.decode(coding);
      metrics.body(signal, payload.wireBytes(), payload.length());
      return payload;
    } catch (RejectedException e) {
      if (e.problem().equals(Problem.BAD_REQUEST)) {
        refused(signal, tenant, RefusalReason.MALFORMED, 1, receivedMillis);
      }
      throw e;
    }
  }

  /**
   * Stores the slices of one request and counts what was refused of it. Refusals are counted only
   * once the rest is stored: a request that is to be sent again is not over yet.
   *
   * @throws RejectedException with 429 or 503 if it is to be sent again
   */
  public void accept(
      Signal signal,
      TenantId tenant,
      RequestDigest digest,
      long receivedMillis,
      @Nullable String traceParent,
      List<Slice> slices,
      Refusals refusals) {
    Batch batch =
        new Batch(signal, tenant, digest, refusals.total(), receivedMillis, traceParent, slices);
    long charge = batch.charge();
    try {
      rates.take(tenant, signal, charge);
    } catch (RejectedException e) {
      refused(signal, tenant, RefusalReason.RATE_LIMITED, charge, receivedMillis);
      throw e;
    }
    sink.store(batch);
    metrics.accepted(signal, batch.items());
    refusals
        .counts()
        .forEach((reason, count) -> refused(signal, tenant, reason, count, receivedMillis));
  }

  /** Counts items that were refused without reaching {@link #accept}: a whole request, say. */
  public void refused(
      Signal signal, TenantId tenant, RefusalReason reason, long items, long receivedMillis) {
    metrics.refused(signal, reason, items);
    refusalCounts.refused(tenant, signal, reason, items, receivedMillis);
  }
}

package io.aom.gateway.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aom.gateway.problem.GatewayProblem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.Map;

/** How often a tenant may ask. Telemetry is limited by ingest, which knows what is in it. */
public final class TenantRates {
  private final Cache<TenantId, Bucket> buckets =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterAccess(Duration.ofMinutes(10)).build();
  private final int perSecond;
  private final int burst;

  public TenantRates(int perSecond, int burst) {
    this.perSecond = perSecond;
    this.burst = burst;
  }

  /**
   * Takes one request off what the tenant may make.
   *
   * @throws RejectedException 429 if nothing is left
   */
  public void take(TenantId tenant) {
    ConsumptionProbe probe = buckets.get(tenant, t -> newBucket()).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      long wait = Duration.ofNanos(probe.getNanosToWaitForRefill()).toSeconds() + 1;
      throw new RejectedException(
          GatewayProblem.RATE_LIMITED,
          "requests of tenant " + tenant + ": more than " + perSecond + " a second",
          Map.of("retryAfterSeconds", wait));
    }
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
        .build();
  }
}

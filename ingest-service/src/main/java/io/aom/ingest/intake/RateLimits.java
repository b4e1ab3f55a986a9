package io.aom.ingest.intake;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.ToLongBiFunction;

/**
 * Bounds what each tenant sends of each signal. Tenants are made by an admin, so their number is
 * bounded there. Thread-safe.
 */
public final class RateLimits {
  private record Key(TenantId tenant, Signal signal) {}

  private final Map<Key, TokenBucket> buckets = new ConcurrentHashMap<>();
  private final ToLongBiFunction<TenantId, Signal> rates;
  private final LongSupplier nanos;

  /**
   * @param rates items a second of a tenant by signal; 0 for no bound
   * @param nanos a clock that only rises
   */
  public RateLimits(ToLongBiFunction<TenantId, Signal> rates, LongSupplier nanos) {
    this.rates = rates;
    this.nanos = nanos;
  }

  /**
   * Lets {@code items} pass.
   *
   * @throws RejectedException with 429 and a delay if the tenant has sent too much
   */
  public void take(TenantId tenant, Signal signal, long items) {
    long rate = rates.applyAsLong(tenant, signal);
    if (rate <= 0) {
      return;
    }
    long now = nanos.getAsLong();
    int seconds =
        buckets
            .computeIfAbsent(new Key(tenant, signal), key -> new TokenBucket(rate, now))
            .take(items, now);
    if (seconds > 0) {
      throw new RejectedException(
          Problem.TOO_MANY,
          RefusalReason.RATE_LIMITED.label()
              + ": more "
              + signal.label()
              + " than "
              + rate
              + " items a second (expected: at most that; twice as many for a moment)",
          Map.of("retryAfterSeconds", seconds, "limit", rate));
    }
  }
}

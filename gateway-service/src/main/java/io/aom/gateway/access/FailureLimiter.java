package io.aom.gateway.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.time.Duration;

/**
 * Slows down who tries keys. An address that has sent too many wrong ones is not heard for a while,
 * not even with a right one, except with keys that it has used before: so a guesser learns nothing
 * and an agent behind the same address goes on.
 *
 * <p>Safe for use by many threads; memory is bounded.
 */
final class FailureLimiter {
  private static final int MAX_ADDRESSES = 50_000;

  private final Cache<String, Bucket> failures =
      Caffeine.newBuilder()
          .maximumSize(MAX_ADDRESSES)
          .expireAfterAccess(Duration.ofMinutes(5))
          .build();
  private final Cache<String, Boolean> proven =
      Caffeine.newBuilder()
          .maximumSize(MAX_ADDRESSES)
          .expireAfterAccess(Duration.ofHours(1))
          .build();
  private final int perMinute;

  FailureLimiter(int perMinute) {
    this.perMinute = perMinute;
  }

  /**
   * Seconds that {@code address} has to wait before {@code keyId} is looked at; 0 for none. Asking
   * costs the address nothing.
   */
  long waitSeconds(String address, String keyId) {
    Bucket bucket = failures.getIfPresent(address);
    if (bucket == null || bucket.getAvailableTokens() > 0) {
      return 0;
    }
    if (proven.getIfPresent(address + ' ' + keyId) != null) {
      return 0;
    }
    long nanos = bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
    return Math.max(1, Duration.ofNanos(nanos).toSeconds() + 1);
  }

  void failed(String address) {
    failures.get(address, a -> newBucket()).tryConsume(1);
  }

  void succeeded(String address, String keyId) {
    String pair = address + ' ' + keyId;
    if (proven.getIfPresent(pair) == null) {
      proven.put(pair, true);
    }
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
        .build();
  }
}

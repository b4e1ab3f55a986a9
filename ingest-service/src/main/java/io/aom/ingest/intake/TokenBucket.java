package io.aom.ingest.intake;

/**
 * How many items one sender may still send: {@code rate} more each second, at most twice that at
 * once. A request is let in while anything is left and may overdraw, so that one larger than the
 * bucket gets in too, and the next waits the longer. Thread-safe.
 */
final class TokenBucket {
  private final long rate;
  private double tokens;
  private long filledAt;

  /**
   * @param rate items a second, at least 1
   * @param nowNanos a clock that only rises
   */
  TokenBucket(long rate, long nowNanos) {
    this.rate = rate;
    tokens = 2.0 * rate;
    filledAt = nowNanos;
  }

  /** Takes {@code items} and answers 0, or takes none and answers the seconds to wait, 1 to 60. */
  synchronized int take(long items, long nowNanos) {
    tokens = Math.min(2.0 * rate, tokens + (nowNanos - filledAt) / 1e9 * rate);
    filledAt = nowNanos;
    if (tokens <= 0) {
      return Math.clamp((long) Math.ceil(-tokens / rate), 1, 60);
    }
    tokens -= items;
    return 0;
  }
}

package io.aom.blockstore;

import java.time.Duration;

/**
 * When a head's open segment is frozen and becomes a block. All but {@code maxIdle} depend on the
 * records alone, so that two replicas of a partition seal alike.
 *
 * @param maxRows rows after which the segment is frozen
 * @param maxBytes memory after which it is frozen
 * @param maxSpan receive time between its first and last record
 * @param maxIdle wall time after its first record was read; ends segments of quiet partitions
 * @param hold how long after it was stored a segment stays in memory, so that queries on the newest
 *     data need no block
 */
public record SealPolicy(
    long maxRows, long maxBytes, Duration maxSpan, Duration maxIdle, Duration hold) {
  public SealPolicy {
    if (maxRows < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "maxRows, maxBytes: " + maxRows + ", " + maxBytes + " (expected: at least 1)");
    }
    if (!maxSpan.isPositive() || !maxIdle.isPositive() || hold.isNegative()) {
      throw new IllegalArgumentException(
          "maxSpan, maxIdle, hold: "
              + maxSpan
              + ", "
              + maxIdle
              + ", "
              + hold
              + " (expected: positive, positive, not negative)");
    }
  }
}

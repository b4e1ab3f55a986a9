package io.aom.blockstore;

import java.time.Duration;

/**
 * How small blocks are merged, where the signal can.
 *
 * @param enabled whether this member merges; blocks that are merged stay so
 * @param after how long after the receipt of its last record a block is left alone
 * @param span blocks of which receipt ended in the same span of time become one; spans follow one
 *     another from the epoch on
 * @param maxRows most rows of the blocks that become one, if they are more than one
 * @param share of its time that the merging thread works, above 0 and at most 1; it rests for the
 *     others, so that it takes longer pauses the slower OpenSearch is
 */
public record MergeSettings(
    boolean enabled, Duration after, Duration span, long maxRows, double share) {
  public static final MergeSettings DEFAULT =
      new MergeSettings(true, Duration.ofHours(1), Duration.ofHours(6), 64_000_000, 0.25);

  public static final MergeSettings OFF =
      new MergeSettings(false, DEFAULT.after, DEFAULT.span, DEFAULT.maxRows, DEFAULT.share);

  public MergeSettings {
    if (after.isNegative()) {
      throw new IllegalArgumentException("after: " + after + " (expected: not negative)");
    }
    if (!span.isPositive()) {
      throw new IllegalArgumentException("span: " + span + " (expected: positive)");
    }
    if (maxRows < 1) {
      throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: at least 1)");
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share: " + share + " (expected: above 0 and at most 1)");
    }
  }
}

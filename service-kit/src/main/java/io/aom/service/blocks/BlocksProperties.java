package io.aom.service.blocks;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.MergeSettings;
import io.aom.blockstore.Retention;
import io.aom.blockstore.SealPolicy;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * When heads become blocks, and when blocks go; what is not set is as the service's signal wants
 * it.
 *
 * @param maxRows rows after which a segment is sealed
 * @param maxSize memory after which a segment is sealed
 * @param maxSpan receive time a segment may span
 * @param maxIdle wall time after which a segment of a quiet partition is sealed
 * @param hold how long a stored segment stays in memory for queries on the newest data
 * @param retention how long rows are kept, by their own time and in whole days: 30 days if not set
 * @param tierRetention the same of tiers ({@code 5m}, say), by name; as the signal wants it if not
 *     set
 * @param headBudget memory of all held segments beyond which reading pauses; a fifth of the heap if
 *     not set
 * @param cache memory for columns of blocks that queries have fetched, so that who asks for the
 *     same hours again has them at once; a twentieth of the heap if not set
 * @param merge how small blocks are merged, where the signal can
 */
@ConfigurationProperties("aom.blocks")
record BlocksProperties(
    @Nullable Long maxRows,
    @Nullable DataSize maxSize,
    @Nullable Duration maxSpan,
    @Nullable Duration maxIdle,
    @Nullable Duration hold,
    @DefaultValue("30d") Duration retention,
    @Nullable Map<String, Duration> tierRetention,
    @Nullable DataSize headBudget,
    @Nullable DataSize cache,
    @DefaultValue Merge merge) {

  /**
   * @param enabled whether this member merges; blocks that are merged stay so
   * @param after how long after the receipt of its last record a block is left alone
   * @param span blocks of which receipt ended in the same span become one
   * @param maxRows most rows of the blocks that become one
   * @param share of its time that the merging thread works
   */
  record Merge(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("1h") Duration after,
      @DefaultValue("6h") Duration span,
      @DefaultValue("64000000") long maxRows,
      @DefaultValue("0.25") double share) {}

  BlocksProperties {
    tierRetention = tierRetention == null ? Map.of() : Map.copyOf(tierRetention);
    checkRetention("retention", retention);
    tierRetention.forEach((tier, kept) -> checkRetention("tier-retention." + tier, kept));
  }

  private static void checkRetention(String name, Duration retention) {
    if (retention.compareTo(Retention.LEAST) < 0) {
      throw new IllegalArgumentException(
          "aom.blocks." + name + ": " + retention + " (expected: at least a day)");
    }
  }

  /**
   * How long rows of a tier are kept.
   *
   * @param defaults of the signal's tiers
   */
  Duration retention(String tier, Map<String, Duration> defaults) {
    if (tier.equals(BlockPart.AS_RECEIVED)) {
      return retention;
    }
    Map<String, Duration> set = tierRetention;
    Duration kept = set == null ? null : set.get(tier);
    return kept == null ? defaults.getOrDefault(tier, retention) : kept;
  }

  MergeSettings merging() {
    return new MergeSettings(
        merge.enabled(), merge.after(), merge.span(), merge.maxRows(), merge.share());
  }

  SealPolicy over(SealPolicy defaults) {
    return new SealPolicy(
        maxRows == null ? defaults.maxRows() : maxRows,
        maxSize == null ? defaults.maxBytes() : maxSize.toBytes(),
        maxSpan == null ? defaults.maxSpan() : maxSpan,
        maxIdle == null ? defaults.maxIdle() : maxIdle,
        hold == null ? defaults.hold() : hold);
  }

  long headBudgetBytes() {
    return headBudget == null ? Runtime.getRuntime().maxMemory() / 5 : headBudget.toBytes();
  }

  long cacheBytes() {
    return cache == null ? Runtime.getRuntime().maxMemory() / 20 : cache.toBytes();
  }
}

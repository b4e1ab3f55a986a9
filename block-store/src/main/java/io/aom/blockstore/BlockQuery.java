package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * Which parts to find: those of a tenant that overlap {@code [startMillis, endMillis)} and may hold
 * the terms, without those whose rows a head has answered for.
 *
 * @param held what heads have answered for
 * @param newestFirst order of the parts by their latest row, descending; else by earliest row
 * @param partition the only one whose parts are found; null for all
 * @param tier of merged blocks that have it, parts of this tier are found instead of rows as they
 *     were received; empty for those rows alone
 * @param besides of merged blocks that have the tier, rows as they were received are found as well
 *     where they may hold these terms too; null for none
 */
public record BlockQuery(
    TenantId tenant,
    long startMillis,
    long endMillis,
    TermExpression terms,
    Held held,
    boolean newestFirst,
    @Nullable Integer partition,
    String tier,
    @Nullable TermExpression besides) {
  /** Rows as they were received, of all partitions. */
  public BlockQuery(
      TenantId tenant,
      long startMillis,
      long endMillis,
      TermExpression terms,
      Held held,
      boolean newestFirst) {
    this(
        tenant,
        startMillis,
        endMillis,
        terms,
        held,
        newestFirst,
        null,
        BlockPart.AS_RECEIVED,
        null);
  }

  /** The same of another time. */
  BlockQuery within(long startingMillis, long endingMillis) {
    return new BlockQuery(
        tenant, startingMillis, endingMillis, terms, held, newestFirst, partition, tier, besides);
  }

  /** The same over one partition alone. */
  public BlockQuery of(int onlyPartition) {
    return new BlockQuery(
        tenant, startMillis, endMillis, terms, held, newestFirst, onlyPartition, tier, besides);
  }

  /** The same of a tier. */
  public BlockQuery as(String ofTier) {
    return as(ofTier, null);
  }

  /**
   * The same of a tier, and rows of merged blocks that the tier does not stand for.
   *
   * @param alsoRows as {@link #besides}
   */
  public BlockQuery as(String ofTier, @Nullable TermExpression alsoRows) {
    return new BlockQuery(
        tenant, startMillis, endMillis, terms, held, newestFirst, partition, ofTier, alsoRows);
  }
}

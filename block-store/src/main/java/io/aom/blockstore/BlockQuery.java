package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which parts to find: those of a tenant that overlap {@code [startMillis, endMillis)} and may hold
 * the terms, without those whose rows a head has answered for.
 *
 * @param heldFrom by partition, the first offset its head still held when it answered; parts from
 *     there on are left out. A partition that is not named has all its parts found.
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
    Map<Integer, Long> heldFrom,
    boolean newestFirst,
    @Nullable Integer partition,
    String tier,
    @Nullable TermExpression besides) {
  public BlockQuery {
    heldFrom = Map.copyOf(heldFrom);
  }

  /** Rows as they were received, of all partitions. */
  public BlockQuery(
      TenantId tenant,
      long startMillis,
      long endMillis,
      TermExpression terms,
      Map<Integer, Long> heldFrom,
      boolean newestFirst) {
    this(
        tenant,
        startMillis,
        endMillis,
        terms,
        heldFrom,
        newestFirst,
        null,
        BlockPart.AS_RECEIVED,
        null);
  }

  /** The same over one partition alone. */
  public BlockQuery of(int onlyPartition) {
    return new BlockQuery(
        tenant, startMillis, endMillis, terms, heldFrom, newestFirst, onlyPartition, tier, besides);
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
        tenant, startMillis, endMillis, terms, heldFrom, newestFirst, partition, ofTier, alsoRows);
  }
}

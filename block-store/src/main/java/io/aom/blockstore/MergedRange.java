package io.aom.blockstore;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of a partition that one merged block stands for: those that begin in {@code [firstOffset,
 * lastOffset]}, all of which end there too.
 *
 * @param layout the parts that carry it, and no others, belong to the merged block
 * @param parts how many there are
 * @param days in whose indices they are
 * @param mergedAtMillis when it took the place of the blocks
 * @param lastReceivedMillis epoch milliseconds of receipt of the latest record
 * @param swept whether the parts that it replaced are gone
 * @param tiers what there is of the rows besides the rows; null in documents from before there were
 *     tiers
 */
record MergedRange(
    long firstOffset,
    long lastOffset,
    String layout,
    int parts,
    long rows,
    List<LocalDate> days,
    long mergedAtMillis,
    long lastReceivedMillis,
    boolean swept,
    @Nullable List<String> tiers) {
  // Not in the alphabet of a topic's id, and behind a number in no name of a block.
  private static final String MARK = "~";

  MergedRange {
    days = List.copyOf(days);
    tiers = tiers == null ? List.of() : List.copyOf(tiers);
    if (lastOffset < firstOffset) {
      throw new IllegalArgumentException(
          "lastOffset: " + lastOffset + " (expected: at least firstOffset " + firstOffset + ")");
    }
  }

  /** The name under which parts of a merged block are stored; none that a block can have. */
  static String name(BlockId first, long lastOffset) {
    return first + MARK + lastOffset;
  }

  /** The last offset that a name says, or {@link MergedBlocks#AS_SEALED} if a block is named. */
  static long lastOffset(String name) {
    int mark = name.lastIndexOf(MARK);
    return mark < 0 ? MergedBlocks.AS_SEALED : Long.parseLong(name.substring(mark + 1));
  }

  /** Whether there are parts of a tier, or could be: a tier has none where it has no rows. */
  boolean has(String tier) {
    return tiers != null && tiers.contains(tier);
  }

  MergedRange withSwept() {
    return new MergedRange(
        firstOffset,
        lastOffset,
        layout,
        parts,
        rows,
        days,
        mergedAtMillis,
        lastReceivedMillis,
        true,
        tiers);
  }
}

package io.aom.blockstore;

import java.time.LocalDate;
import java.util.List;

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
    boolean swept) {
  MergedRange {
    days = List.copyOf(days);
    if (lastOffset < firstOffset) {
      throw new IllegalArgumentException(
          "lastOffset: " + lastOffset + " (expected: at least firstOffset " + firstOffset + ")");
    }
  }

  /** The name under which its parts are stored. */
  String block(BlockId first) {
    return first + "-" + lastOffset;
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
        true);
  }
}

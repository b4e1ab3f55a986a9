package io.aom.blockstore;

import io.aom.blockstore.MergeCatalogue.Partition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks merged ones stand for, as of one moment: what decides which parts a query takes.
 * Immutable.
 *
 * <p>Chosen by one such list, parts are seen once: either the blocks of a range or what they were
 * merged into. A list may be old by minutes, since replaced parts are there for {@link #GRACE}.
 */
final class MergedBlocks {
  /** How long the parts that were replaced stay; longer than any query runs or keeps a list. */
  static final Duration GRACE = Duration.ofHours(1);

  static final MergedBlocks NONE = new MergedBlocks(List.of(), Long.MAX_VALUE);

  /** No last offset: a part of a block as it was sealed. */
  static final long AS_SEALED = -1;

  /** Whether a part belongs to what a query sees. */
  enum Sight {
    SEEN,
    UNSEEN,
    /** It is of a block as it was sealed, and seen if the manifest names its layout. */
    AS_ITS_MANIFEST_SAYS
  }

  private final Map<Partition, TreeMap<Long, MergedRange>> ranges = new HashMap<>();
  private final long readAtMillis;

  MergedBlocks(Collection<PartitionMerges> merges, long readAtMillis) {
    this.readAtMillis = readAtMillis;
    for (PartitionMerges of : merges) {
      TreeMap<Long, MergedRange> byOffset = new TreeMap<>();
      of.ranges().forEach(range -> byOffset.put(range.firstOffset(), range));
      ranges.put(new Partition(of.topicId(), of.partition()), byOffset);
    }
  }

  /** When it was read, in epoch milliseconds. */
  long readAtMillis() {
    return readAtMillis;
  }

  /**
   * To be called when parts have been found by this list.
   *
   * @throws StoreUnavailableException if that took so long that some may have gone meanwhile
   */
  void requireUsable(long nowMillis) {
    if (nowMillis - readAtMillis > GRACE.toMillis() / 2) {
      throw new StoreUnavailableException(
          "parts: looked for during "
              + Duration.ofMillis(nowMillis - readAtMillis)
              + " (expected: at most half of "
              + GRACE
              + ")");
    }
  }

  /**
   * A part, by what its document says of it.
   *
   * @param last last offset of a merged block's part, or {@link #AS_SEALED}
   * @param tier as {@link BlockPart#tier} says
   */
  record Place(BlockId block, long last, String layout, String tier) {}

  /**
   * @param heldFrom first offset that a head of the part's topic and partition has answered for;
   *     null if none has
   * @param wanted the tier that is wanted of merged blocks which have it
   * @throws StoreUnavailableException if the head still holds rows that were merged with others so
   *     long ago that their own blocks may be gone
   */
  Sight sight(Place part, @Nullable Long heldFrom, String wanted, long nowMillis) {
    BlockId block = part.block();
    MergedRange range = rangeOf(block);
    if (range != null && heldFrom != null && range.lastOffset() >= heldFrom) {
      if (range.firstOffset() < heldFrom
          && nowMillis - range.mergedAtMillis() > GRACE.toMillis() / 2) {
        throw new StoreUnavailableException(
            "partition "
                + block.partition()
                + ": its head holds rows from offset "
                + heldFrom
                + " on, which are merged with others long since (expected: from behind "
                + range.lastOffset()
                + "; it is far behind)");
      }
      range = null; // The head has some of its rows, so its blocks are looked at one by one.
    }
    if (range == null) {
      return part.last() == AS_SEALED ? Sight.AS_ITS_MANIFEST_SAYS : Sight.UNSEEN;
    }
    return part.last() == range.lastOffset()
            && block.firstOffset() == range.firstOffset()
            && part.layout().equals(range.layout())
            && part.tier().equals(range.has(wanted) ? wanted : BlockPart.AS_RECEIVED)
        ? Sight.SEEN
        : Sight.UNSEEN;
  }

  /**
   * Layouts of merged blocks of which a tier is seen; of those no other part is. At most so many,
   * since they only save looking at parts that {@link #sight} hides anyway.
   */
  List<String> layoutsSeenAs(String tier, Held held, int most) {
    List<String> layouts = new ArrayList<>();
    ranges.forEach(
        (partition, byOffset) -> {
          Long from = held.from(partition.topicId(), partition.number());
          for (MergedRange range : byOffset.values()) {
            if (layouts.size() < most
                && range.has(tier)
                && (from == null || range.lastOffset() < from)) {
              layouts.add(range.layout());
            }
          }
        });
    return layouts;
  }

  private @Nullable MergedRange rangeOf(BlockId block) {
    TreeMap<Long, MergedRange> of = ranges.get(new Partition(block.topicId(), block.partition()));
    Map.Entry<Long, MergedRange> floor = of == null ? null : of.floorEntry(block.firstOffset());
    return floor == null || floor.getValue().lastOffset() < block.firstOffset()
        ? null
        : floor.getValue();
  }
}

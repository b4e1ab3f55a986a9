package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where merged blocks are stored, and what says that they count. Safe for concurrent use; every
 * method throws {@link StoreUnavailableException} if the store cannot answer now.
 */
interface MergeCatalogue {

  /**
   * @param version what {@link #replace} wants to see unchanged; empty if there is no document yet
   */
  record Versioned(PartitionMerges merges, String version) {}

  /**
   * @param block whose part it is
   * @param number place in its block
   */
  record SealedPart(FoundPart found, BlockId block, String layout, int number) {}

  /** A partition of a topic, or of an earlier one that had the same name. */
  record Partition(String topicId, int number) {}

  /** All partitions that have a manifest, of earlier topics too. */
  List<Partition> partitions();

  /**
   * Removes the manifests of a partition, and what says what of it is merged. Nobody reads it any
   * more, and no row is left.
   *
   * @param toOffset where the last block begins whose manifest goes; whoever was slow may store
   *     another yet
   */
  void forget(Partition partition, long toOffset);

  /** The newest state of a partition, also if no search sees it yet. */
  Versioned merges(String topicId, int partition);

  /**
   * Stores a state in place of the one that was read, and makes it findable.
   *
   * @return null if somebody else was first; nothing has changed then
   */
  @Nullable Versioned replace(Versioned read, PartitionMerges by);

  /**
   * Manifests of blocks from an offset on, in their order, at most so many; without the digests of
   * requests.
   */
  List<Manifest> manifests(String topicId, int partition, long fromOffset, int most);

  /**
   * A tenant's parts of blocks as they were sealed, visible or not, by block and number.
   *
   * @param first the first block
   * @param lastOffset where the last one ends
   */
  List<SealedPart> sealedParts(BlockId first, long lastOffset, TenantId tenant);

  /**
   * Stores parts of a merged block durably; they stay invisible.
   *
   * @param first the first block that it is to stand for
   * @param lastOffset where the last one ends
   * @param from number of the first of the parts
   */
  void storeMerged(
      BlockId first, long lastOffset, int version, String layout, int from, List<BlockPart> parts);

  /** Makes stored parts of these days findable. */
  void publishMerged(Collection<LocalDate> days);

  /** Removes the parts that a merged block stands for; returns how many went. */
  long removeReplaced(String topicId, int partition, MergedRange range);

  /** Removes all parts of merged blocks that carry one of these layouts; returns how many went. */
  long removeAbandoned(String topicId, int partition, Collection<String> layouts);
}

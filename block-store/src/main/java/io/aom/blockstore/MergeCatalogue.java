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
   * @param number place in its block
   */
  record SealedPart(FoundPart found, String layout, int number) {}

  /** The newest state of a partition, also if no search sees it yet. */
  Versioned merges(String topicId, int partition);

  /**
   * Stores a state in place of the one that was read, and makes it findable.
   *
   * @return null if somebody else was first; nothing has changed then
   */
  @Nullable Versioned replace(Versioned read, PartitionMerges by);

  /** Manifests of blocks from an offset on, in their order, at most so many. */
  List<Manifest> manifests(String topicId, int partition, long fromOffset, int most);

  /**
   * Parts of the blocks as they were sealed, visible or not, by block and number.
   *
   * @param tenant null for those of all
   */
  List<SealedPart> sealedParts(
      String topicId, int partition, long firstOffset, long lastOffset, @Nullable TenantId tenant);

  /**
   * Stores parts of a merged block durably; they stay invisible.
   *
   * @param from number of the first of them
   */
  void storeMerged(
      BlockId first, long lastOffset, int version, String layout, int from, List<BlockPart> parts);

  /** Makes stored parts of these days findable. */
  void publishMerged(Collection<LocalDate> days);

  /** Removes the parts of blocks that a merged one stands for; returns how many. */
  long removeReplaced(String topicId, int partition, MergedRange range);

  /** Removes parts of merged blocks that carry one of these layouts; returns how many. */
  long removeAbandoned(String topicId, int partition, Collection<String> layouts);
}

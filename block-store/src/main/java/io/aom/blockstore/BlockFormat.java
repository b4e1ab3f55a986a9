package io.aom.blockstore;

import java.util.List;
import java.util.Optional;

/**
 * What a signal plugs into the block store: how its records are held in memory and how a held
 * segment becomes the parts of a block. The store does everything else and never looks inside.
 *
 * @param <S> the signal's head segment
 */
public interface BlockFormat<S extends HeadSegment> {

  /** Short name, used in index names and metrics: {@code logs}, say. */
  String signal();

  /** Kafka topic the signal's records come from. */
  String topic();

  /** Version of the byte layout of this format's columns; a reader of older versions stays. */
  int version();

  /** Names of the binary columns a part may have; they become doc-value fields of the index. */
  List<String> columns();

  /** An empty segment for {@code partition}. Called by the partition's writer thread. */
  S newSegment(int partition);

  /**
   * An empty segment that goes on from what the one before it ended with. It must behave alike
   * whether that was held by this process or was read from a block.
   *
   * @param carry what {@link HeadSegment#carry} of the segment before gave; empty for the first
   * @throws IllegalStateException if it is none that this format can read
   */
  default S newSegment(int partition, byte[] carry) {
    return newSegment(partition);
  }

  /**
   * Saves what of a segment that no longer changes its parts will not hold, before any of them is
   * stored: whoever finds the block does not read its records again. May be called again with the
   * same segment; if it throws, the segment becomes a block later.
   *
   * <p>Called from the sealing thread while queries may still read the segment.
   */
  default void saveBesides(S segment) {}

  /**
   * Cuts a segment that no longer changes into parts. A part holds rows of one tenant and one
   * record day (UTC). The result must depend on nothing but the records that were appended, in
   * their order, so that a replay writes the same documents again.
   *
   * <p>Called from the sealing thread while queries may still read the segment.
   */
  List<BlockPart> seal(S segment);

  /**
   * Short names, in lower case, of what merging may make of rows besides the rows themselves: what
   * they come to over five minutes, say. Parts of a tier have indices of their own, one a month.
   */
  default List<String> tiers() {
    return List.of();
  }

  /** What knows the rules by which tenants keep some rows for less; empty if there are none. */
  default Optional<PartExpiry> expiry() {
    return Optional.empty();
  }

  /** What merges the small blocks of a day; empty if they stay as they are. */
  default Optional<PartMerger> merger() {
    return Optional.empty();
  }
}

package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a signal plugs in so that the many small blocks of a day become one: parts in, fewer and
 * larger parts out, the same rows. Of one thread at a time.
 */
@FunctionalInterface
public interface PartMerger {

  /** Reads columns of the parts that are to be merged; blocks on OpenSearch, at its pace. */
  @FunctionalInterface
  interface Columns {
    /** As {@link BlockReader#fetch}. */
    Map<FoundPart, Map<String, byte[]>> fetch(Collection<FoundPart> parts, List<String> columns);
  }

  /**
   * Hands over parts that hold exactly the rows of these blocks' parts, all of one tenant and one
   * UTC day, without those that are to go. Rows that rules keep alike should be in parts of their
   * own, which can go as wholes. What a query makes of several blocks (which of two rows counts,
   * say) is to be what it makes of the result. To be done piece by piece: neither all of the input
   * nor all of the output need fit into memory.
   *
   * @param blocks oldest first; of each its parts, in the order in which the format sealed them
   * @param removal which rows are to go
   * @param merged takes the parts in their order; may take its time. Parts of a tier say what the
   *     same rows come to, all of them.
   * @return how many rows went
   * @throws CorruptPartException if a part is not what it should be; its block stays as it is then,
   *     and the others are merged without it
   */
  long merge(
      TenantId tenant,
      List<List<FoundPart>> blocks,
      Columns columns,
      Removal removal,
      Consumer<BlockPart> merged);

  /** The tiers that every merge makes, of {@link BlockFormat#tiers}. */
  default List<String> tiers() {
    return List.of();
  }
}

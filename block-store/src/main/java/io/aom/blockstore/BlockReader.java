package io.aom.blockstore;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Reads stored blocks. Safe for concurrent use; every call blocks on OpenSearch. */
public interface BlockReader {

  /**
   * The visible parts a query needs, in its order: those of blocks that have their manifest and lie
   * wholly before what the heads answered for.
   *
   * @throws StoreUnavailableException if OpenSearch cannot answer completely
   */
  List<FoundPart> find(BlockQuery query);

  /**
   * The named columns of parts, by part. A column that a part does not have is absent from its map.
   * Fetch in groups of some dozens: all of it is held in memory.
   *
   * @throws StoreUnavailableException if OpenSearch cannot answer completely
   * @throws PartsGoneException if parts are gone
   */
  Map<FoundPart, Map<String, byte[]>> fetch(Collection<FoundPart> parts, List<String> columns);
}

package io.aom.blockstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps columns that were fetched in memory, those that are asked for most: a part never changes,
 * so who looks at the same hours again need not have them from OpenSearch again. Which parts there
 * are is looked up each time. Safe for concurrent use.
 */
final class CachedParts implements BlockReader {
  /** What a column takes beside its bytes: its name, its part's, and its place in the cache. */
  private static final int ENTRY_BYTES = 250;

  private record Key(String index, String id, String column) {}

  private final BlockReader blocks;

  /** Empty where a part does not have a column. */
  private final Cache<Key, Optional<byte[]>> columns;

  /**
   * @param bytes how much is kept at most; 0 for nothing
   */
  CachedParts(BlockReader blocks, long bytes) {
    this.blocks = blocks;
    this.columns =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher(
                (Key key, Optional<byte[]> column) ->
                    ENTRY_BYTES + column.map(bytesOf -> bytesOf.length).orElse(0))
            .executor(Runnable::run) // so that it never holds more for long
            .recordStats()
            .build();
  }

  @Override
  public List<FoundPart> find(BlockQuery query) {
    return blocks.find(query);
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> parts, List<String> wanted) {
    Map<FoundPart, Map<String, byte[]>> all = new HashMap<>();
    List<FoundPart> unknown = new ArrayList<>();
    for (FoundPart part : parts) {
      Map<String, byte[]> known = known(part, wanted);
      if (known == null) {
        unknown.add(part);
      } else {
        all.put(part, known);
      }
    }
    if (!unknown.isEmpty()) {
      Map<FoundPart, Map<String, byte[]>> fetched = blocks.fetch(unknown, wanted);
      fetched.forEach((part, read) -> keep(part, wanted, read));
      all.putAll(fetched);
    }
    return all;
  }

  /** The wanted columns of a part; null if one of them is not known. */
  private @Nullable Map<String, byte[]> known(FoundPart part, List<String> wanted) {
    Map<String, byte[]> known = new HashMap<>();
    for (String name : wanted) {
      Optional<byte[]> column = columns.getIfPresent(new Key(part.index(), part.id(), name));
      if (column == null) {
        return null;
      }
      column.ifPresent(there -> known.put(name, there));
    }
    return known;
  }

  private void keep(FoundPart part, List<String> wanted, Map<String, byte[]> read) {
    for (String name : wanted) {
      columns.put(new Key(part.index(), part.id(), name), Optional.ofNullable(read.get(name)));
    }
  }

  BlockStore.Status.CacheFigures figures() {
    long bytes =
        columns.policy().eviction().map(Policy.Eviction::weightedSize).orElseThrow().orElse(0);
    return new BlockStore.Status.CacheFigures(
        bytes, columns.stats().hitCount(), columns.stats().missCount());
  }
}

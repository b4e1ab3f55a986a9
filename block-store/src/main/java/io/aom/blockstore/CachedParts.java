package io.aom.blockstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what queries have found and fetched in memory, so that who looks at the same hours again
 * need not ask OpenSearch again. Safe for concurrent use.
 *
 * <p>A part never changes, so its columns stay as long as there is room. Which parts there are
 * stays for {@link #FOUND_FOR}, and as long as heads hold what they held: rows from before are all
 * in parts that a search found then. Merging puts others in the place of these and leaves them for
 * {@link MergedBlocks#GRACE}; that some are gone for good is seen when they are fetched, and then
 * nothing that was found counts any more.
 */
final class CachedParts implements BlockReader {
  /** What a column takes beside its bytes: its name, its part's, and its place in the cache. */
  private static final int ENTRY_BYTES = 250;

  /** How long it counts which parts there are. */
  static final Duration FOUND_FOR = Duration.ofMinutes(1);

  /** What is found is found for whole spans of this, since the end of a query moves with time. */
  private static final long SPAN_MILLIS = Duration.ofMinutes(15).toMillis();

  /** What a part that was found takes. */
  private static final int FOUND_BYTES = 300;

  /** Of the memory, one part in so many is for what was found. */
  private static final int SHARE_OF_FOUND = 4;

  private record Key(String index, String id, String column) {}

  private final BlockReader blocks;

  /** Empty where a part does not have a column. */
  private final Cache<Key, Optional<byte[]>> columns;

  private final Cache<BlockQuery, List<FoundPart>> found;

  /**
   * @param bytes how much is kept at most; 0 for nothing
   * @param ticker nanoseconds, of the time since something was found
   */
  CachedParts(BlockReader blocks, long bytes, Ticker ticker) {
    this.blocks = blocks;
    this.found =
        Caffeine.newBuilder()
            .maximumWeight(bytes / SHARE_OF_FOUND)
            .weigher((BlockQuery query, List<FoundPart> parts) -> (parts.size() + 1) * FOUND_BYTES)
            .expireAfterWrite(FOUND_FOR)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
    this.columns =
        Caffeine.newBuilder()
            .maximumWeight(bytes - bytes / SHARE_OF_FOUND)
            .weigher(
                (Key key, Optional<byte[]> column) ->
                    ENTRY_BYTES + column.map(bytesOf -> bytesOf.length).orElse(0))
            .executor(Runnable::run) // so that it never holds more for long
            .recordStats()
            .build();
  }

  @Override
  public List<FoundPart> find(BlockQuery query) {
    boolean nowhere = query.startMillis() > query.held().storedUntilMillis();
    if (nowhere || query.held().from().isEmpty()) {
      return blocks.find(query);
    }
    BlockQuery wide = query.within(floor(query.startMillis()), ceiling(query.endMillis()));
    List<FoundPart> all = found.getIfPresent(wide);
    if (all == null) {
      all = blocks.find(wide);
      found.put(wide, all);
    }
    return all.stream()
        .filter(
            part ->
                part.endMillis() >= query.startMillis() && part.startMillis() < query.endMillis())
        .toList();
  }

  private static long floor(long millis) {
    return millis < 0 ? millis : millis - millis % SPAN_MILLIS;
  }

  private static long ceiling(long millis) {
    return millis > Long.MAX_VALUE - SPAN_MILLIS ? millis : floor(millis + SPAN_MILLIS - 1);
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
      Map<FoundPart, Map<String, byte[]>> fetched = fetchUnknown(unknown, wanted);
      fetched.forEach((part, read) -> keep(part, wanted, read));
      all.putAll(fetched);
    }
    return all;
  }

  private Map<FoundPart, Map<String, byte[]>> fetchUnknown(
      List<FoundPart> parts, List<String> wanted) {
    try {
      return blocks.fetch(parts, wanted);
    } catch (PartsGoneException e) {
      found.invalidateAll();
      throw e;
    }
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
    long bytes = bytes(columns) + bytes(found);
    return new BlockStore.Status.CacheFigures(
        bytes, columns.stats().hitCount(), columns.stats().missCount());
  }

  private static long bytes(Cache<?, ?> cache) {
    return cache.policy().eviction().map(Policy.Eviction::weightedSize).orElseThrow().orElse(0);
  }
}

package io.aom.blockstore;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks for one question that is answered also while they cannot be read: from what heads hold,
 * and from the blocks that were read until then. {@link #missing} says what such an answer lacks.
 * After the first failure OpenSearch is not asked again. Used by one thread.
 */
public final class AvailableBlocks implements BlockReader {
  private static final Logger LOG = LoggerFactory.getLogger(AvailableBlocks.class);

  private record Find(BlockQuery query, List<FoundPart> parts, long atNanos) {}

  private final BlockReader blocks;
  private final LongSupplier nanoTime;
  private final List<Find> finds = new ArrayList<>();
  private long startMillis = Long.MAX_VALUE;
  private long endMillis = Long.MIN_VALUE;
  private @Nullable StoreUnavailableException failure;

  public AvailableBlocks(BlockReader blocks) {
    this(blocks, System::nanoTime);
  }

  AvailableBlocks(BlockReader blocks, LongSupplier nanoTime) {
    this.blocks = blocks;
    this.nanoTime = nanoTime;
  }

  /** As {@link BlockReader#find}; nothing if blocks cannot be read. */
  @Override
  public List<FoundPart> find(BlockQuery query) {
    if (query.startMillis() > 0) {
      startMillis = Math.min(startMillis, query.startMillis());
      endMillis = Math.max(endMillis, query.endMillis());
    }
    if (failure == null) {
      try {
        long began = nanoTime.getAsLong();
        List<FoundPart> found = blocks.find(query);
        finds.add(new Find(query, found, began));
        return found;
      } catch (StoreUnavailableException e) {
        failed(e);
      }
    }
    return List.of();
  }

  /**
   * As {@link BlockReader#fetch}; no part is in the answer if blocks cannot be read, and none that
   * was removed since it was found: nothing that is answered is in it.
   */
  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> parts, List<String> columns) {
    if (failure == null) {
      try {
        return fetchLeft(parts, columns);
      } catch (StoreUnavailableException e) {
        failed(e);
      }
    }
    return Map.of();
  }

  private Map<FoundPart, Map<String, byte[]>> fetchLeft(
      Collection<FoundPart> parts, List<String> columns) {
    List<FoundPart> left = new ArrayList<>(parts);
    while (true) {
      try {
        return blocks.fetch(left, columns);
      } catch (PartsGoneException e) {
        if (!left.removeAll(e.gone()) || !removed(e.gone())) {
          throw e;
        }
      }
    }
  }

  /**
   * Whether nobody finds the parts any more, and no merged ones stand for them: parts that merging
   * has replaced stay for longer than it is since these were found.
   */
  private boolean removed(Set<FoundPart> gone) {
    Set<FoundPart> unknown = new HashSet<>(gone);
    for (Find find : finds) {
      if (!Collections.disjoint(find.parts(), gone)) {
        boolean late = nanoTime.getAsLong() - find.atNanos() > MergedBlocks.GRACE.toNanos() / 2;
        if (late || !Collections.disjoint(blocks.find(find.query()), gone)) {
          return false;
        }
        find.parts().forEach(unknown::remove);
      }
    }
    return unknown.isEmpty();
  }

  private void failed(StoreUnavailableException e) {
    LOG.warn("blocks cannot be read, the answer is partial: {}", e.getMessage());
    failure = e;
  }

  /** Whether the answer lacks something because OpenSearch gave no answer at all. */
  public boolean noAnswer() {
    return failure != null && failure.noAnswer();
  }

  /** What the answer lacks because blocks could not be read, in words; empty if nothing. */
  public List<String> missing() {
    if (failure == null) {
      return List.of();
    }
    String times =
        startMillis > endMillis
            ? "all times"
            : Instant.ofEpochMilli(startMillis) + " to " + Instant.ofEpochMilli(endMillis);
    return List.of(
        "stored data of "
            + times
            + ": OpenSearch does not answer as it should, only what heads hold is here");
  }

  /** What the answer lacks, in words: of heads that did not answer, and of blocks. */
  public List<String> missing(HeadAnswers<?> heads) {
    List<String> all = new ArrayList<>(heads.missing());
    all.addAll(missing());
    return all;
  }
}

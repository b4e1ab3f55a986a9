package io.aom.blockstore;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is read, all of one topic: also while a topic that was left is held until there are heads of
 * the other one.
 *
 * @param id Kafka's id of it; null as long as none has been seen
 * @param partitionCount 0 as long as none has been seen
 * @param keepers by partition, of those that this member holds
 */
record Topic<S extends HeadSegment>(
    @Nullable String id, int partitionCount, Map<Integer, PartitionKeeper<S>> keepers) {
  Topic {
    keepers = Map.copyOf(keepers);
  }

  /** By partition, in its order. */
  List<Freshness> freshness() {
    return new TreeMap<>(keepers).values().stream().map(PartitionKeeper::freshness).toList();
  }

  /** Null for a partition that this member does not hold. */
  @Nullable Freshness freshness(int partition) {
    PartitionKeeper<S> keeper = keepers.get(partition);
    return keeper == null ? null : keeper.snapshot().freshness();
  }

  /** What others are told of it. */
  Announcement announcement() {
    return new Announcement(
        Objects.requireNonNullElse(id, ""),
        partitionCount,
        freshness().stream().collect(Collectors.toMap(Freshness::partition, Function.identity())));
  }
}

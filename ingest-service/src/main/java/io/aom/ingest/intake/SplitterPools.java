package io.aom.ingest.intake;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Keeps splitters of one kind, which are costly to make and serve one request at a time: some for
 * each number of partitions and the bounds that tenants have. Thread-safe.
 */
public final class SplitterPools<S> {
  private static final int KEPT = 2 * Runtime.getRuntime().availableProcessors();

  private record Key(int partitions, SliceLimits limits) {}

  private final ConcurrentHashMap<Key, Pool<S>> pools = new ConcurrentHashMap<>();
  private final BiFunction<Integer, SliceLimits, S> maker;

  /**
   * @param maker makes one for a number of partitions
   */
  public SplitterPools(BiFunction<Integer, SliceLimits, S> maker) {
    this.maker = maker;
  }

  /** Lends one to {@code use}. */
  public <R> R with(int partitions, SliceLimits limits, Function<S, R> use) {
    return pools
        .computeIfAbsent(
            new Key(partitions, limits),
            key -> new Pool<>(KEPT, () -> maker.apply(partitions, limits)))
        .with(use);
  }
}

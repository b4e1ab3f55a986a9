package io.aom.ingest.intake;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps costly objects that serve one request at a time. When all are in use another is made, so
 * nobody waits; no more than {@code kept} are kept. Thread-safe.
 */
public final class Pool<T> {
  private final Supplier<T> maker;
  private final ArrayBlockingQueue<T> idle;

  public Pool(int kept, Supplier<T> maker) {
    this.maker = maker;
    idle = new ArrayBlockingQueue<>(kept);
  }

  /** Lends one to {@code use}; one whose use has failed is not kept. */
  public <R> R with(Function<T, R> use) {
    T lent = idle.poll();
    if (lent == null) {
      lent = maker.get();
    }
    R result = use.apply(lent);
    keep(lent);
    return result;
  }

  @SuppressWarnings("ReturnValueIgnored") // one that finds no room is left to the collector
  private void keep(T lent) {
    idle.offer(lent);
  }
}

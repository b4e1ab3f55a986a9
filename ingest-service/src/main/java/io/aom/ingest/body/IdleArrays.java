package io.aom.ingest.body;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Arrays that wait for the next body, so few and so small that they may stay. Thread-safe. */
final class IdleArrays {
  private static final int KEPT = 2 * Runtime.getRuntime().availableProcessors();

  /** Larger arrays are left to the collector. */
  private static final int LARGEST_KEPT = 1 << 20;

  private final ArrayBlockingQueue<byte[]> idle = new ArrayBlockingQueue<>(KEPT);

  /** One that is large enough, or null. */
  byte @Nullable [] take(int capacity) {
    byte[] array = idle.poll();
    return array != null && array.length >= capacity ? array : null;
  }

  /** Keeps an array that nobody uses any more, if there is room. */
  @SuppressWarnings("ReturnValueIgnored") // one that finds no room is left to the collector
  void give(byte[] array) {
    if (array.length > 0 && array.length <= LARGEST_KEPT) {
      idle.offer(array);
    }
  }
}

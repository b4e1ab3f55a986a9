package io.aom.alarm.query;

import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Places for questions, given in the order in which they are asked for. Questions that took long
 * lately leave a quarter of the places to others, so that they cannot keep those from their turn
 * however many they are. Safe for use by many threads.
 */
final class Places {
  /** Ends, so that what was slow once is not left for good to a queue of what always is. */
  private static final long APART_NANOS = Duration.ofMinutes(10).toNanos();

  private final Semaphore all;
  private final Semaphore ofSlow;
  private final long slowNanos;
  private final LongSupplier nanoTime;

  /** When a question took long. Few: each has held a place for that long since the oldest. */
  private final Map<Question, Long> slow = new ConcurrentHashMap<>();

  record Question(TenantId tenant, String promql) {}

  /**
   * @param count most questions at a time
   * @param slow what a question takes at least that took long
   * @param nanoTime as {@link System#nanoTime}
   */
  Places(int count, Duration slow, LongSupplier nanoTime) {
    this.all = new Semaphore(count, true);
    this.ofSlow = new Semaphore(Math.max(1, count - Math.max(1, count / 4)), true);
    this.slowNanos = slow.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Waits for a place, which is to be closed; null if there was none within {@code patience}. */
  @Nullable Place take(Question question, Duration patience) throws InterruptedException {
    long began = nanoTime.getAsLong();
    Long tookLong = slow.get(question);
    boolean apart = tookLong != null && began - tookLong < APART_NANOS;
    if (apart && !ofSlow.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      return null;
    }
    boolean taken = false;
    try {
      long left = patience.toNanos() - (nanoTime.getAsLong() - began);
      taken = all.tryAcquire(Math.max(0, left), TimeUnit.NANOSECONDS);
    } finally {
      if (apart && !taken) {
        ofSlow.release();
      }
    }
    return taken ? new Place(question, apart, nanoTime.getAsLong()) : null;
  }

  final class Place implements AutoCloseable {
    private final Question question;
    private final boolean apart;
    private final long since;

    private Place(Question question, boolean apart, long since) {
      this.question = question;
      this.apart = apart;
      this.since = since;
    }

    /** Gives it back, and takes note of how long it was held. */
    @Override
    public void close() {
      long now = nanoTime.getAsLong();
      slow.values().removeIf(tookLong -> now - tookLong >= APART_NANOS);
      if (now - since >= slowNanos) {
        slow.put(question, now);
      } else {
        slow.remove(question);
      }
      all.release();
      if (apart) {
        ofSlow.release();
      }
    }
  }
}

package io.aom.blockstore;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes frozen segments blocks, on a thread of its own that goes on through failures of OpenSearch,
 * and removes what is too old.
 */
final class Sealing<S extends HeadSegment> {
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private final Reading<S> reading;
  private final Upkeep upkeep;
  private final Troubles troubles;
  private final AtomicLong sealed = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final Semaphore due;
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Thread thread;

  /**
   * @param due has a permit when there is something to do
   */
  Sealing(Reading<S> reading, Upkeep upkeep, Troubles troubles, Semaphore due) {
    this.reading = reading;
    this.upkeep = upkeep;
    this.troubles = troubles;
    this.due = due;
  }

  void start() {
    thread = Thread.ofPlatform().name("aom-" + reading.signal() + "-seal").start(this::sealForever);
  }

  /** Blocks that this member stored, or found stored. */
  long sealed() {
    return sealed.get();
  }

  long failures() {
    return failures.get();
  }

  private void sealForever() {
    Troubles.Backoff backoff = new Troubles.Backoff(closed);
    try {
      while (open()) {
        try {
          pass();
          backoff.reset();
        } catch (RuntimeException e) {
          if (!open()) {
            return;
          }
          failures.incrementAndGet();
          troubles.failed("sealing", e);
          backoff.pause();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean open() {
    return closed.getCount() > 0;
  }

  /** Seals what is due, and does the upkeep, even while a partition fails. */
  private void pass() throws InterruptedException {
    RuntimeException failed = null;
    boolean any = false;
    try {
      any = sealOnce();
    } catch (RuntimeException e) {
      failed = e;
    }
    if (!any && reading.begun()) {
      upkeep.runIfDue();
    }
    if (failed != null) {
      throw failed;
    }
    if (!any) {
      due.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      due.drainPermits();
    } else if (reading.running()) {
      troubles.over();
    }
  }

  /** Seals one segment of each partition that has one due; false if none had. */
  private boolean sealOnce() {
    boolean[] any = {false};
    EachInTurn.run(
        reading.keepers(),
        failure -> open(),
        keeper -> {
          PartitionKeeper.Sealed became = keeper.sealNext();
          any[0] |= became != PartitionKeeper.Sealed.NOTHING;
          if (became == PartitionKeeper.Sealed.STORED) {
            sealed.incrementAndGet();
          }
        });
    return any[0];
  }

  void stop() throws InterruptedException {
    closed.countDown();
    due.release();
    Thread running = thread;
    if (running != null) {
      running.join(Duration.ofSeconds(10));
    }
  }
}

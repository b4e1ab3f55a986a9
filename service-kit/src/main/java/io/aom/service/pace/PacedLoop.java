package io.aom.service.pace;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives one piece of work a virtual thread of its own. A step that throws is logged and done again
 * after {@link #AFTER_FAULT}; it never ends the loop.
 */
public final class PacedLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PacedLoop.class);
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final String name;
  private final Paced work;
  private final InstantSource clock;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private boolean wakeAsked;
  private volatile boolean closed;
  private volatile Instant idleSince = Instant.MAX;

  private PacedLoop(String name, Paced work, InstantSource clock) {
    this.name = name;
    this.work = work;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /** Starts the work. */
  public static PacedLoop start(String name, Paced work, InstantSource clock) {
    PacedLoop loop = new PacedLoop(name, work, clock);
    loop.thread.start();
    return loop;
  }

  /** Has the next step done at once. */
  public void wake() {
    lock.lock();
    try {
      wakeAsked = true;
      idleSince = Instant.MAX;
      woken.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the work has had nothing to do since {@code time} or longer. */
  public boolean idleSince(Instant time) {
    return !idleSince.isAfter(time);
  }

  private void run() {
    try {
      while (!closed) {
        waitUntil(step());
      }
    } catch (InterruptedException e) {
      if (!closed) {
        LOG.warn("loop={} interrupted and ends", name);
      }
      Thread.currentThread().interrupt();
    }
  }

  private Instant step() throws InterruptedException {
    try {
      return work.step(clock.instant());
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.warn("loop={} step failed, next in {}", name, AFTER_FAULT, e);
      }
      return clock.instant().plus(AFTER_FAULT);
    }
  }

  private void waitUntil(Instant next) throws InterruptedException {
    lock.lock();
    try {
      while (!wakeAsked && !closed) {
        Instant now = clock.instant();
        if (!next.isAfter(now)) {
          return;
        }
        if (next.equals(Paced.IDLE) && idleSince.equals(Instant.MAX)) {
          idleSince = now;
        }
        Duration rest =
            next.isAfter(now.plus(LONGEST_WAIT)) ? LONGEST_WAIT : Duration.between(now, next);
        woken.await(Math.max(rest.toNanos(), 1_000_000), TimeUnit.NANOSECONDS);
      }
      wakeAsked = false;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the loop and waits 10 seconds at most for its last step. */
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      if (!thread.join(Duration.ofSeconds(2))) {
        thread.interrupt();
        if (!thread.join(Duration.ofSeconds(8))) {
          LOG.warn("loop={} did not end in time", name);
        }
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}

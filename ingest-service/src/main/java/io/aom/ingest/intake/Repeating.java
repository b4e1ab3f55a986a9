package io.aom.ingest.intake;

import java.time.Duration;

/** Does something every so often on a thread of its own, and once more at the end. */
public final class Repeating implements AutoCloseable {
  private final Duration every;
  private final Runnable work;
  private final Thread worker;
  private volatile boolean closed;

  /**
   * @param work throws nothing
   */
  public Repeating(String name, Duration every, Runnable work) {
    this.every = every;
    this.work = work;
    worker = Thread.ofVirtual().name(name).unstarted(this::repeat);
  }

  public void start() {
    worker.start();
  }

  private void repeat() {
    while (!closed) {
      try {
        Thread.sleep(every);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      work.run();
    }
  }

  @Override
  public void close() {
    closed = true;
    worker.interrupt();
    work.run();
  }
}

package io.aom.metrics.query;

import io.aom.metrics.promql.Patience;
import io.aom.metrics.promql.PromqlException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Ends a query that takes longer than it may, that nobody waits for any more, or whose thread was
 * interrupted. For one thread.
 */
final class Deadline implements Patience {
  /** Asking after the caller costs a look at its socket, so not at each check. */
  private static final long ASK_EVERY_NANOS = 20_000_000;

  private final long nanos;
  private final Duration timeout;
  private final BooleanSupplier abandoned;
  private long nextAsk;

  /**
   * @param abandoned whether the caller has left
   */
  Deadline(Duration timeout, BooleanSupplier abandoned) {
    this.timeout = timeout;
    this.abandoned = abandoned;
    this.nextAsk = System.nanoTime();
    this.nanos = nextAsk + timeout.toNanos();
  }

  long leftNanos() {
    return nanos - System.nanoTime();
  }

  @Override
  public void check() {
    long now = System.nanoTime();
    if (nanos - now <= 0) {
      throw expired();
    }
    if (now - nextAsk >= 0) {
      nextAsk = now + ASK_EVERY_NANOS;
      if (abandoned.getAsBoolean()) {
        throw new PromqlException(
            PromqlException.Kind.CANCELED, "query was canceled: its client has left");
      }
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new PromqlException(PromqlException.Kind.CANCELED, "query was canceled");
    }
  }

  PromqlException expired() {
    return new PromqlException(
        PromqlException.Kind.TIMEOUT,
        "query timed out after "
            + timeout.toMillis()
            + " ms (narrow it, or give a longer timeout)");
  }
}

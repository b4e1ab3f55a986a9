package io.aom.metrics.query;

import io.aom.metrics.promql.Patience;
import io.aom.metrics.promql.PromqlException;
import java.time.Duration;

/** Ends a query that takes longer than it may, or whose thread was interrupted. */
final class Deadline implements Patience {
  private final long nanos;
  private final Duration timeout;

  Deadline(Duration timeout) {
    this.timeout = timeout;
    this.nanos = System.nanoTime() + timeout.toNanos();
  }

  long leftNanos() {
    return nanos - System.nanoTime();
  }

  @Override
  public void check() {
    if (leftNanos() <= 0) {
      throw expired();
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

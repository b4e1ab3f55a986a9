package io.aom.selftelemetry;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** So many a second and no more, without saving up. Safe for use by many threads. */
final class Budget {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final int perSecond;
  private final LongSupplier nanoClock;
  private long secondStart;
  private int spent;

  Budget(int perSecond, LongSupplier nanoClock) {
    this.perSecond = perSecond;
    this.nanoClock = nanoClock;
    this.secondStart = nanoClock.getAsLong();
  }

  /** Whether one more is allowed now; counts it if so. */
  synchronized boolean take() {
    long now = nanoClock.getAsLong();
    if (now - secondStart >= SECOND) {
      secondStart = now;
      spent = 0;
    }
    if (spent >= perSecond) {
      return false;
    }
    spent++;
    return true;
  }
}

package io.aom.blockstore;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What fails at the moment, said once in full and then in short. Thread-safe. */
final class Troubles {
  private static final Logger LOG = LoggerFactory.getLogger(Troubles.class);

  private final String signal;
  private volatile @Nullable String current;

  Troubles(String signal) {
    this.signal = signal;
  }

  /** What failed last; null if nothing is failing. */
  @Nullable String current() {
    return current;
  }

  void over() {
    current = null;
  }

  void failed(String what, RuntimeException e) {
    String message = what + ": " + e.getMessage();
    if (message.equals(current)) {
      LOG.warn("{} fails still signal={} reason={}", what, signal, e.getMessage());
    } else {
      LOG.warn("{} failed, trying again signal={}", what, signal, e);
    }
    current = message;
  }

  /** The time between attempts, longer each time. Of one thread. */
  static final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final CountDownLatch closed;
    private Duration next = FIRST;

    /**
     * @param closed ends every pause when it opens
     */
    Backoff(CountDownLatch closed) {
      this.closed = closed;
    }

    void reset() {
      next = FIRST;
    }

    void pause() throws InterruptedException {
      Duration now = next;
      next = now.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : now.multipliedBy(2);
      boolean ended = closed.await(now.toMillis(), TimeUnit.MILLISECONDS);
      if (ended) {
        reset();
      }
    }
  }
}

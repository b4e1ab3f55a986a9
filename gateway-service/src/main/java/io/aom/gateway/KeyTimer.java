package io.aom.gateway;

import io.aom.gateway.key.KeyDirectory;
import io.aom.gateway.key.KeyUses;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads keys again and again, and writes down their use, on a thread of its own. */
final class KeyTimer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KeyTimer.class);

  private static final Duration FLUSH = Duration.ofSeconds(60);

  private final KeyDirectory directory;
  private final KeyUses uses;
  private final Duration refresh;
  private final CountDownLatch closed = new CountDownLatch(1);

  KeyTimer(KeyDirectory directory, KeyUses uses, Duration refresh) {
    this.directory = directory;
    this.uses = uses;
    this.refresh = refresh;
    Thread.ofPlatform().daemon().name("gateway-keys").start(this::run);
  }

  private void run() {
    long lastFlush = System.nanoTime();
    try {
      do {
        boolean flush = System.nanoTime() - lastFlush >= FLUSH.toNanos();
        if (flush) {
          lastFlush = System.nanoTime();
        }
        turn(flush);
      } while (!closed.await(refresh.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One turn; a failure of any kind must not be the last one. */
  private void turn(boolean flush) {
    try {
      directory.refreshIfPossible();
      if (flush) {
        uses.flush();
      }
    } catch (RuntimeException e) {
      log.error("keys could not be renewed; trying again in {}", refresh, e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    uses.flush();
  }
}

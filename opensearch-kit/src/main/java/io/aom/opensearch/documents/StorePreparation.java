package io.aom.opensearch.documents;

import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@linkplain DocumentStore#prepare Prepares} the stores of a service on a thread of its own, again
 * and again until it is done: a service that says only then that it is ready does not make its
 * first caller wait for an index.
 */
public final class StorePreparation implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StorePreparation.class);

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final List<? extends DocumentStore<?>> stores;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean done;

  /** Begins at once. */
  public StorePreparation(List<? extends DocumentStore<?>> stores) {
    this.stores = List.copyOf(stores);
    Thread.ofPlatform().daemon().name("store-preparation").start(this::run);
  }

  /** Whether all stores are prepared; once they are, this stays so. */
  public boolean isDone() {
    return done;
  }

  private void run() {
    try {
      while (!prepareAll() && !closed.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS)) {
        log.debug("stores are not prepared yet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean prepareAll() {
    try {
      stores.forEach(DocumentStore::prepare);
      done = true;
    } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
      log.debug("a store cannot be prepared now: {}", e.getMessage());
    }
    return done;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}

package io.aom.ingest.kafka;

import java.util.concurrent.ThreadLocalRandom;

/** How long a client should wait: spread by chance, so that not all of them come back at once. */
final class RetryDelay {
  private RetryDelay() {}

  /** 1 to 5 seconds. */
  static int seconds() {
    return ThreadLocalRandom.current().nextInt(1, 6);
  }
}

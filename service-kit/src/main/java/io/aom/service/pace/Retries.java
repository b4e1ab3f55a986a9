package io.aom.service.pace;

import java.time.Duration;
import java.time.Instant;

/**
 * When to do something again that did not succeed: after a wait that doubles with each failure, and
 * is spread so that many things that fail together are not done again together. For one thread.
 */
public final class Retries {
  private static final long FIRST_MILLIS = 200;
  private static final int MAX_DOUBLINGS = 5;

  private final String id;
  private int failures;

  /**
   * @param id of what is done; the spread depends on it alone
   */
  public Retries(String id) {
    this.id = id;
  }

  /** It has succeeded: the next wait is the first again. */
  public void succeeded() {
    failures = 0;
  }

  /**
   * It has failed.
   *
   * @param longest bound of the wait
   * @return when to do it again
   */
  public Instant failed(Instant now, Duration longest) {
    long wait = FIRST_MILLIS << Math.min(failures++, MAX_DOUBLINGS);
    long jitter = Math.floorMod(id.hashCode() + failures, wait / 4);
    return now.plusMillis(Math.min(wait + jitter, longest.toMillis()));
  }
}

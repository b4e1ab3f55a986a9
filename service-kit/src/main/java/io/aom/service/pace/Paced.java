package io.aom.service.pace;

import java.time.Instant;

/** Work in small steps. Steps of one piece of work never overlap. */
public interface Paced {
  /** A time that never comes: the work waits to be woken. */
  Instant IDLE = Instant.MAX;

  /**
   * Does one step.
   *
   * @return when to do the next one; {@code now} or earlier for at once, {@link #IDLE} for not
   *     before somebody wakes it
   */
  Instant step(Instant now) throws InterruptedException;
}

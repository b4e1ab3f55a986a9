package io.aom.bench.rig;

import java.io.IOException;
import java.time.Duration;

/** Waits, with a deadline, for what has to happen. */
public final class Until {
  private Until() {}

  /** Asks whether it has happened. */
  public interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  /**
   * Asks again and again, at least once, with a pause between.
   *
   * @param what does not hold, as the message says it
   * @throws IllegalStateException if it does not hold within the time
   */
  public static void holds(String what, Duration within, Duration pause, Condition condition)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(what + " within " + within.toSeconds() + " s");
      }
      Thread.sleep(pause);
    }
  }
}

package io.aom.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What targets promise in the same words. */
final class Checks {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Checks() {}

  /** What is to be tried, which may refuse its input. */
  @FunctionalInterface
  interface Attempt {
    void run() throws Exception;
  }

  /** Checks a target's promise on one input, and what it allocates. */
  static void check(Target target, byte[] input) {
    // Once more where it was too much: classes that were loaded for it allocate too.
    if (allocated(target, input) <= target.mostAllocated()) {
      return;
    }
    long allocated = allocated(target, input);
    if (allocated > target.mostAllocated()) {
      throw new AssertionError(
          "allocated: " + allocated + " bytes (expected: at most " + target.mostAllocated() + ")");
    }
  }

  private static long allocated(Target target, byte[] input) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    target.check(input);
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /**
   * Runs an attempt that may be refused by this exception, with a reason, and by no other.
   *
   * @return whether it was not refused
   */
  static boolean taken(Class<? extends Exception> refusal, Attempt attempt) {
    try {
      attempt.run();
      return true;
    } catch (Exception e) {
      if (!refusal.isInstance(e)) {
        throw new AssertionError("refused otherwise than by " + refusal.getSimpleName(), e);
      }
      if (e.getMessage() == null || e.getMessage().isBlank()) {
        throw new AssertionError("refused without a reason", e);
      }
      return false;
    }
  }

  /** Checks that both are alike. */
  static void same(Object expected, Object found) {
    if (!expected.equals(found)) {
      throw new AssertionError("found: " + found + " (expected: " + expected + ")");
    }
  }
}

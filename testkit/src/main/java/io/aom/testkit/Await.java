package io.aom.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Waiting for a condition with a bound, instead of sleeping and hoping. */
public final class Await {
  /**
   * How long the methods without a bound of their own wait: generous, it is only spent on failure.
   */
  public static final Duration BOUND = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofMillis(20);

  private Await() {}

  /**
   * Returns as soon as the condition holds.
   *
   * @param what is said when it does not, as in "alarm fires"
   * @throws AssertionError if it does not hold within {@link #BOUND}
   */
  public static void until(String what, BooleanSupplier condition) {
    until(what, BOUND, condition);
  }

  /** As the other one, with a bound of the caller's. */
  public static void until(String what, Duration bound, BooleanSupplier condition) {
    untilAsserted(
        what,
        bound,
        () -> {
          if (!condition.getAsBoolean()) {
            throw new AssertionError("condition is false");
          }
        });
  }

  /** A step of a test: assertions, and calls that may throw. */
  public interface Assertion {
    /** Throws anything if the time has not come yet. */
    void check() throws Exception;
  }

  /**
   * Returns as soon as the assertion passes; exceptions and assertion errors mean "not yet".
   *
   * @throws AssertionError with the last failure as its cause, after {@link #BOUND}
   */
  public static void untilAsserted(String what, Assertion assertion) {
    untilAsserted(what, BOUND, assertion);
  }

  /** As the other one, with a bound of the caller's. */
  public static void untilAsserted(String what, Duration bound, Assertion assertion) {
    get(
        what,
        bound,
        () -> {
          assertion.check();
          return Boolean.TRUE;
        });
  }

  /**
   * Calls until a value other than null comes back without an exception, and returns it.
   *
   * @throws AssertionError with the last failure as its cause, after {@code bound}
   */
  public static <T> T get(String what, Duration bound, Callable<? extends @Nullable T> call) {
    long deadline = System.nanoTime() + bound.toNanos();
    while (true) {
      Throwable failure;
      try {
        T value = call.call();
        if (value != null) {
          return value;
        }
        failure = new AssertionError("no value");
      } catch (Exception | AssertionError e) {
        failure = e;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "not within " + bound + ": " + what + ": " + failure.getMessage(), failure);
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting: " + what, e);
      }
    }
  }
}

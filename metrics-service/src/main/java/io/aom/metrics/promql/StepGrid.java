package io.aom.metrics.promql;

/**
 * The times a query is evaluated at: from {@code start} by {@code step} up to {@code end}, in epoch
 * milliseconds. An instant query has one, with step 0.
 */
public record StepGrid(long start, long end, long step) {
  public StepGrid {
    if (end < start || step < 0 || (step == 0 && start != end)) {
      throw new IllegalArgumentException(
          "grid: "
              + start
              + " to "
              + end
              + " by "
              + step
              + " (expected: end after start, step > 0)");
    }
  }

  public static StepGrid instant(long timeMillis) {
    return new StepGrid(timeMillis, timeMillis, 0);
  }

  public int count() {
    return step == 0 ? 1 : Math.toIntExact((end - start) / step + 1);
  }

  public long at(int index) {
    return start + index * step;
  }

  public boolean isInstant() {
    return step == 0;
  }
}

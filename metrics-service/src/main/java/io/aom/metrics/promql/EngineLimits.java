package io.aom.metrics.promql;

/**
 * Bounds on one query, so that no caller can take the service down.
 *
 * @param maxSamples most samples read from storage together with those of intermediate results; 8
 *     to 16 bytes of memory each
 * @param maxSteps most steps of a query or subquery
 * @param lookbackMillis how far back an instant selector looks for a sample
 * @param subqueryStepMillis step of a subquery that does not give one
 */
public record EngineLimits(
    long maxSamples, int maxSteps, long lookbackMillis, long subqueryStepMillis) {
  public static final EngineLimits DEFAULT =
      new EngineLimits(50_000_000, 2_000_000, 300_000, 60_000);

  public EngineLimits {
    if (maxSamples < 1 || maxSteps < 1 || lookbackMillis < 1 || subqueryStepMillis < 1) {
      throw new IllegalArgumentException(
          "limits: "
              + maxSamples
              + ", "
              + maxSteps
              + ", "
              + lookbackMillis
              + ", "
              + subqueryStepMillis
              + " (expected: all above 0)");
    }
  }

  public EngineLimits withLookback(long millis) {
    return new EngineLimits(maxSamples, maxSteps, millis, subqueryStepMillis);
  }
}

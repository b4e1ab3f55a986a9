package io.aom.metrics.query;

/**
 * What one query took. Times are wall-clock.
 *
 * @param queueNanos waiting for its turn
 * @param readNanos reading heads and blocks
 * @param evaluationNanos calculating
 * @param sortNanos bringing the series of the result into order
 * @param samples samples that were read, and stretches of rollups
 * @param peakValues the most values of results that were held at a moment
 * @param resolution which rollups were read: {@code raw} if none, else {@code 5m} or {@code 1h} or
 *     both with a comma
 */
public record QueryStatistics(
    long queueNanos,
    long readNanos,
    long evaluationNanos,
    long sortNanos,
    long samples,
    long peakValues,
    String resolution) {
  /** All but the waiting. */
  public long workNanos() {
    return readNanos + evaluationNanos + sortNanos;
  }

  public long totalNanos() {
    return queueNanos + workNanos();
  }
}

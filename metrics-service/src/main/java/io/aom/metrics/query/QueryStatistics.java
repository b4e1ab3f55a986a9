package io.aom.metrics.query;

/**
 * What one query took. Times are wall-clock.
 *
 * @param queueNanos waiting for its turn
 * @param readNanos reading heads and blocks
 * @param evaluationNanos calculating
 * @param samples samples that were read
 */
public record QueryStatistics(long queueNanos, long readNanos, long evaluationNanos, long samples) {
  public long totalNanos() {
    return queueNanos + readNanos + evaluationNanos;
  }
}

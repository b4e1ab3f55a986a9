package io.aom.metrics.promql;

/** What one query has used up; looks every so often whether it may go on. */
final class Budget {
  private static final long CHECK_EVERY = 1 << 16;

  private final EngineLimits limits;
  private final Patience patience;
  private long samples;
  private long nextCheck = CHECK_EVERY;

  Budget(EngineLimits limits, Patience patience) {
    this.limits = limits;
    this.patience = patience;
  }

  /** Counts samples that are now held or were just calculated. */
  void charge(long count) {
    samples += count;
    if (samples > limits.maxSamples()) {
      throw PromqlException.execution(
          "query processing would load too many samples into memory in query execution"
              + " (expected: at most "
              + limits.maxSamples()
              + ")");
    }
    work(count);
  }

  private long worked;

  /** Samples held now. */
  long held() {
    return samples;
  }

  /** After an operation: what is held is this much, if it is less than was counted. */
  void keepOnly(long held) {
    samples = Math.min(samples, held);
  }

  /** Counts work; throws when the query has run out of time or nobody waits for it any more. */
  void work(long count) {
    worked += count;
    if (worked >= nextCheck) {
      nextCheck = worked + CHECK_EVERY;
      patience.check();
    }
  }
}

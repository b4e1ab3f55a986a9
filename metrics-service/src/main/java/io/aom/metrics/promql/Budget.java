package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;

/** What one query has used up; looks every so often whether it may go on. */
final class Budget {
  private static final long CHECK_EVERY = 1 << 16;

  private final EngineLimits limits;
  private final Patience patience;
  private final QueryMemory.Account memory;
  private long values;
  private long peakValues;
  private long bytes;
  private long worked;
  private long nextCheck = CHECK_EVERY;

  Budget(EngineLimits limits, Patience patience, QueryMemory.Account memory) {
    this.limits = limits;
    this.patience = patience;
    this.memory = memory;
  }

  /** What is held at a moment. */
  record Mark(long values, long bytes) {}

  /** Counts a series of results that is about to be made. */
  void series(Labels labels, int steps) {
    hold(steps, QueryMemory.seriesBytes(labels) + 8L * steps);
  }

  /** Counts values that are about to be held. */
  void charge(long count) {
    hold(count, 8 * count);
  }

  private void hold(long moreValues, long moreBytes) {
    values += moreValues;
    if (values > limits.maxSamples()) {
      throw PromqlException.execution(
          "query processing would load too many samples into memory in query execution"
              + " (expected: at most "
              + limits.maxSamples()
              + "; narrow the selectors or the time range, or take longer steps)");
    }
    memory.hold(moreBytes);
    bytes += moreBytes;
    peakValues = Math.max(peakValues, values);
    work(moreValues);
  }

  /** Refuses at once what will be too much: series that have a value at each step. */
  void expect(long series, int steps) {
    long expected = series * steps;
    long before = values;
    long peakBefore = peakValues;
    long bytesBefore = bytes;
    hold(expected, 8 * expected);
    memory.release(bytes - bytesBefore);
    values = before;
    peakValues = peakBefore; // none of them is there yet
    bytes = bytesBefore;
  }

  /** The most values that were held at a moment. */
  long peakValues() {
    return peakValues;
  }

  Mark mark() {
    return new Mark(values, bytes);
  }

  /** After an operation: what is held is the mark and these series, if that is less. */
  void keepOnly(Mark mark, long series, int steps) {
    long kept = series * steps;
    values = Math.min(values, mark.values + kept);
    long left = Math.min(bytes, mark.bytes + 8 * kept + 128 * series);
    memory.release(bytes - left);
    bytes = left;
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

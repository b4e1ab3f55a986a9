package io.aom.metrics.overflow;

import java.util.concurrent.atomic.LongAdder;

/** What was folded in this process since it started. Safe for concurrent use. */
public final class FoldStatistics {
  private final LongAdder series = new LongAdder();
  private final LongAdder samples = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder forgotten = new LongAdder();

  void folded() {
    series.increment();
  }

  void took(long all, long lateOnes) {
    samples.add(all);
    late.add(lateOnes);
  }

  void refuse() {
    refused.increment();
  }

  void forgot(long count) {
    forgotten.add(count);
  }

  /** Series that began to be folded. */
  public long series() {
    return series.sum();
  }

  /** Samples of folded series. */
  public long samples() {
    return samples.sum();
  }

  /** Of these, those that did not count: none newer than the last of their series, or no number. */
  public long lateSamples() {
    return late.sum();
  }

  /** How often a series was left out, as there was no room to fold it. */
  public long refused() {
    return refused.sum();
  }

  /** Folded series whose last value was forgotten, to make room for others. */
  public long forgotten() {
    return forgotten.sum();
  }
}

package io.aom.metrics.head;

import java.util.concurrent.atomic.LongAdder;

/** What all heads of this process have taken in since it started. Safe for concurrent use. */
public final class HeadStatistics {
  private final LongAdder samples = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder series = new LongAdder();

  void took(long newSamples, long repeatedSamples, long newSeries) {
    samples.add(newSamples);
    repeated.add(repeatedSamples);
    series.add(newSeries);
  }

  /** Samples that were kept. */
  public long samples() {
    return samples.sum();
  }

  /** Samples that repeated the newest one of their series and were not kept again. */
  public long repeatedSamples() {
    return repeated.sum();
  }

  /** Series that were new to their segment; each segment gets to know its series anew. */
  public long newSeries() {
    return series.sum();
  }
}

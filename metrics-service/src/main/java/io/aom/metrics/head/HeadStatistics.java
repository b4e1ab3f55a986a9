package io.aom.metrics.head;

import java.util.concurrent.atomic.LongAdder;

/** What all heads of this process have taken in since it started. Safe for concurrent use. */
public final class HeadStatistics {
  private final LongAdder samples = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder series = new LongAdder();
  private final LongAdder exemplars = new LongAdder();
  private final LongAdder metadata = new LongAdder();

  void took(long newSamples, long repeatedSamples, long newSeries) {
    samples.add(newSamples);
    repeated.add(repeatedSamples);
    series.add(newSeries);
  }

  void leftOut(long strayExemplars, long metricsWithoutRoom) {
    exemplars.add(strayExemplars);
    metadata.add(metricsWithoutRoom);
  }

  /** Times that a metric's metadata was left out, since too many metrics had some. */
  public long metadataLeftOut() {
    return metadata.sum();
  }

  /** Exemplars that were left out, since no sample of their series came in the whole segment. */
  public long strayExemplars() {
    return exemplars.sum();
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

package io.aom.metrics.overflow;

import io.aom.metrics.series.MetricMetadata;
import org.jspecify.annotations.Nullable;

/** Tells counters from gauges. */
public final class Kinds {
  private Kinds() {}

  /**
   * By what senders say of the metric, or by its name if they say nothing.
   *
   * @param started whether the sender says when the value began to count
   */
  public static NewSeries.Kind of(String metric, @Nullable MetricMetadata said, boolean started) {
    boolean partOfOne =
        metric.endsWith("_bucket") || metric.endsWith("_count") || metric.endsWith("_sum");
    boolean counter =
        switch (said == null ? "unknown" : said.type()) {
          case "counter" -> true;
          case "histogram", "summary" -> partOfOne;
          case "gauge", "gaugehistogram", "info", "stateset" -> false;
          default -> partOfOne || metric.endsWith("_total");
        };
    if (counter) {
      return NewSeries.Kind.COUNTER;
    }
    return started ? NewSeries.Kind.DELTA : NewSeries.Kind.GAUGE;
  }
}

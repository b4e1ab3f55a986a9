package io.aom.metrics.recording;

import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;
import org.jspecify.annotations.Nullable;

/**
 * A sample of a series, without its time.
 *
 * @param histogram null for a number
 */
record Recorded(Labels labels, double value, @Nullable FloatHistogram histogram) {
  /** Says that the series has ended. */
  static Recorded stale(Labels labels) {
    return new Recorded(labels, StaleMarker.VALUE, null);
  }

  Recorded with(Labels others) {
    return new Recorded(others, value, histogram);
  }
}

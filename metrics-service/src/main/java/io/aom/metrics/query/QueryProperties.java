package io.aom.metrics.query;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds on one query, so that no single caller can take the service down.
 *
 * @param maxPoints most points per series that a range query may ask for
 * @param maxSamples most samples held for one query, 16 bytes each
 * @param timeout wall-clock limit, which a caller may shorten
 * @param maxConcurrent queries evaluated at a time; more wait for their turn until their timeout
 * @param lookback how old the newest sample of a series may be to count for now
 * @param maxSeries most label sets that the series and label endpoints answer with
 */
@ConfigurationProperties("aom.metrics.query")
public record QueryProperties(
    @DefaultValue("11000") int maxPoints,
    @DefaultValue("50000000") long maxSamples,
    @DefaultValue("2m") Duration timeout,
    @DefaultValue("16") int maxConcurrent,
    @DefaultValue("5m") Duration lookback,
    @DefaultValue("1000000") int maxSeries) {
  public QueryProperties {
    if (maxPoints < 1 || maxSamples < 1 || maxConcurrent < 1 || maxSeries < 1) {
      throw new IllegalArgumentException(
          "aom.metrics.query: max-points "
              + maxPoints
              + ", max-samples "
              + maxSamples
              + ", max-concurrent "
              + maxConcurrent
              + ", max-series "
              + maxSeries
              + " (expected: all above 0)");
    }
    if (!timeout.isPositive() || !lookback.isPositive()) {
      throw new IllegalArgumentException(
          "aom.metrics.query: timeout "
              + timeout
              + ", lookback "
              + lookback
              + " (expected: above 0)");
    }
  }
}

package io.aom.logs.query;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds on one search, so that no caller can take the service down.
 *
 * @param maxRows most rows in one answer
 * @param maxBuckets most buckets in one histogram
 * @param maxScannedRows most rows of blocks looked at one by one; beyond, the total is not exact
 * @param timeout time after which no further block is read; then likewise
 * @param fetchParts most block parts held in memory at a time
 */
@ConfigurationProperties("aom.log.search")
public record LogSearchLimits(
    @DefaultValue("5000") int maxRows,
    @DefaultValue("2000") int maxBuckets,
    @DefaultValue("50000000") long maxScannedRows,
    @DefaultValue("25s") Duration timeout,
    @DefaultValue("16") int fetchParts) {
  public LogSearchLimits {
    if (maxRows < 1 || maxBuckets < 1 || maxScannedRows < 1 || fetchParts < 1) {
      throw new IllegalArgumentException(
          "aom.log.search: "
              + maxRows
              + ", "
              + maxBuckets
              + ", "
              + maxScannedRows
              + ", "
              + fetchParts
              + " (expected: each at least 1)");
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException(
          "aom.log.search.timeout: " + timeout + " (expected: positive)");
    }
  }
}

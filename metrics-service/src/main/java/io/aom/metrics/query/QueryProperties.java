package io.aom.metrics.query;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Bounds on one query, so that no single caller can take the service down.
 *
 * @param maxPoints most points per series that a range query may ask for
 * @param maxSamples most samples that one query reads, and most values that it holds
 * @param timeout wall-clock limit, which a caller may shorten
 * @param maxConcurrent queries evaluated at a time; more wait for their turn until their timeout
 * @param lookback how old the newest sample of a series may be to count for now
 * @param maxSeries most series that one selector finds, and most label sets that the series and
 *     label endpoints answer with
 * @param maxMemory most heap that one query may hold, as it reckons it; a quarter of all heap
 *     unless said, or all that queries together may hold if that is less
 * @param maxTotalMemory most heap that all queries together may hold; three eighths unless said
 */
@ConfigurationProperties("aom.metrics.query")
public record QueryProperties(
    @DefaultValue("11000") int maxPoints,
    @DefaultValue("50000000") long maxSamples,
    @DefaultValue("2m") Duration timeout,
    @DefaultValue("16") int maxConcurrent,
    @DefaultValue("5m") Duration lookback,
    @DefaultValue("1000000") int maxSeries,
    @Nullable DataSize maxMemory,
    @Nullable DataSize maxTotalMemory) {
  private static final long HEAP_SHARE = Runtime.getRuntime().maxMemory() / 8;

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
    // Each has a value from here on, so that nobody has to ask.
    if (maxMemory == null) {
      long most = maxTotalMemory == null ? Long.MAX_VALUE : maxTotalMemory.toBytes();
      maxMemory = DataSize.ofBytes(Math.min(2 * HEAP_SHARE, most));
    }
    maxTotalMemory =
        maxTotalMemory == null
            ? DataSize.ofBytes(Math.max(3 * HEAP_SHARE, maxMemory.toBytes()))
            : maxTotalMemory;
    if (maxMemory.toBytes() < 1 || maxTotalMemory.toBytes() < maxMemory.toBytes()) {
      throw new IllegalArgumentException(
          "aom.metrics.query: max-memory "
              + maxMemory
              + ", max-total-memory "
              + maxTotalMemory
              + " (expected: above 0, and the total no less)");
    }
  }

  /** Most bytes of heap that one query may hold. */
  public long maxMemoryBytes() {
    return bytes(maxMemory);
  }

  /** Most bytes of heap that all queries together may hold. */
  public long maxTotalMemoryBytes() {
    return bytes(maxTotalMemory);
  }

  private static long bytes(@Nullable DataSize size) {
    return size == null ? HEAP_SHARE : size.toBytes();
  }
}

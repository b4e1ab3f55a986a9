package io.aom.topology.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LatencySketchTest {
  @Property
  void theMiddleOfABucketIsNearEverythingInIt(@ForAll @LongRange(min = 0) long nanos) {
    int bucket = LatencySketch.bucket(nanos);

    assertThat(bucket).isBetween(0, LatencySketch.BUCKETS - 1);
    assertThat(LatencySketch.middleNanos(bucket)).isCloseTo(nanos, within(nanos / 63.0));
  }

  @Property
  void longerDurationsHaveNoLowerBucket(
      @ForAll @LongRange(min = 0) long one, @ForAll @LongRange(min = 0) long other) {
    assertThat(LatencySketch.bucket(Math.min(one, other)))
        .isLessThanOrEqualTo(LatencySketch.bucket(Math.max(one, other)));
  }

  @Property
  void quantilesAreThoseOfTheSortedDurations(
      @ForAll @Size(min = 1, max = 200) List<@LongRange(min = 0, max = 60_000_000_000L) Long> all) {
    LatencySketch half = new LatencySketch();
    LatencySketch sketch = new LatencySketch();
    for (int i = 0; i < all.size(); i++) {
      (i % 2 == 0 ? half : sketch).add(LatencySketch.bucket(all.get(i)), 1);
    }
    sketch.add(half);
    long[] sorted = all.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);

    assertThat(sketch.total()).isEqualTo(all.size());
    for (double quantile : new double[] {0.5, 0.95, 0.99, 1}) {
      long exact = sorted[(int) Math.ceil(quantile * sorted.length) - 1];
      assertThat(sketch.quantileNanos(quantile)).isCloseTo(exact, within(exact / 63.0));
    }
  }

  @Test
  void nothingHasNoQuantile() {
    assertThat(new LatencySketch().quantileNanos(0.99)).isZero();
  }
}

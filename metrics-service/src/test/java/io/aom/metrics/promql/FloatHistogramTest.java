package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.metrics.promql.FloatHistogram.Hint;
import org.junit.jupiter.api.Test;

class FloatHistogramTest {
  private static FloatHistogram custom(Buckets buckets, double... bounds) {
    return FloatHistogram.of(
        FloatHistogram.CUSTOM_SCHEMA, Hint.UNKNOWN, 0, 0, 1, 1, buckets, Buckets.from(0), bounds);
  }

  @Test
  void bucketsWithoutObservationsAreKeptAsWritten() {
    FloatHistogram histogram =
        FloatHistogram.of(
            0,
            Hint.UNKNOWN,
            1,
            2,
            3,
            4,
            Buckets.from(2, 0, 1, 0),
            Buckets.from(0, 0),
            new double[0]);

    FloatHistogram read = FloatHistogram.ofWire(histogram.toWire(5));

    assertThat(read.positive().size()).isEqualTo(3);
    assertThat(read.positive().index(2)).isEqualTo(4);
    assertThat(read.negative().size()).isEqualTo(1);
    assertThat(read.buckets()).hasSize(2);
    assertThat(read).hasToString("{count:3, sum:4, [-1,1]:2, (4,8]:1}");
    assertThat(read.times(2).positive().size()).isEqualTo(1);
  }

  @Test
  void customBucketsWithoutObservationsMayBeOutOfBounds() {
    FloatHistogram histogram = custom(Buckets.from(-1, 0, 1, 0, 0, 0, 0), 1, 2);

    FloatHistogram read = FloatHistogram.ofWire(histogram.toWire(5));

    assertThat(read.plus(custom(Buckets.from(0, 1), 2, 3)))
        .hasToString("{count:2, sum:2, [-Inf,2]:2}");
  }
}

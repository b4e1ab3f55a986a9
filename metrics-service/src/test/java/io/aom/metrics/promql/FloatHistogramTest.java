package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatHistogramTest {
  private static FloatHistogram custom(Buckets buckets, double... bounds) {
    return FloatHistogram.of(
        FloatHistogram.CUSTOM_SCHEMA, Hint.UNKNOWN, 0, 0, 1, 1, buckets, Buckets.from(0), bounds);
  }

  private static FloatHistogram exponential(double... bounds) {
    return FloatHistogram.of(
        0, Hint.UNKNOWN, 0, 0, 1, 1, Buckets.from(0, 1), Buckets.from(0), bounds);
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

  private static ProtoWriter threeBuckets() {
    ProtoWriter out = new ProtoWriter(64).varint(1, 3).float64(3, 1).sint(4, -53);
    int span = out.begin(11);
    out.varint(2, 3);
    out.end(span);
    return out.sint(12, 1).sint(12, 0).sint(12, 0);
  }

  /** As the wire format has it. */
  @Test
  void boundsMayBePackedOrComeInPieces() {
    ProtoWriter pieces = threeBuckets();
    for (double bound : new double[] {1, 2}) {
      int packed = pieces.begin(16);
      pieces.packedFixed64(Double.doubleToRawLongBits(bound));
      pieces.end(packed);
    }
    ProtoWriter single = threeBuckets().float64(16, 1).float64(16, 2);

    for (ProtoWriter wire : List.of(pieces, single)) {
      assertThat(FloatHistogram.ofWire(wire.toByteArray()))
          .hasToString("{count:3, sum:1, [-Inf,1]:1, (1,2]:1, (2,+Inf]:1}");
    }
  }

  /** As Prometheus makes them that takes them: bucket {@code i} of 1 to 2^k falls into bucket 1. */
  @ParameterizedTest(name = "schema {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          8  | -1 0 1 2 3 4
          9  | 0 0 1 1 2 2
          10 | 0 0 1 1 1 1
          52 | 0 0 1 1 1 1
          """)
  void aSchemaBeyondTheFinestIsReadAsThat(int schema, String indexes) {
    ProtoWriter out = new ProtoWriter(64).varint(1, 21).float64(3, 1).sint(4, schema);
    int span = out.begin(11);
    out.sint(1, -1).varint(2, 6);
    out.end(span);
    for (int i = 0; i < 6; i++) {
      out.sint(12, 1); // counts of 1 to 6
    }

    FloatHistogram read = FloatHistogram.ofWire(out.toByteArray());

    TreeMap<Integer, Double> expected = new TreeMap<>();
    String[] bucket = indexes.split(" ");
    for (int i = 0; i < 6; i++) {
      expected.merge(Integer.valueOf(bucket[i]), i + 1.0, Double::sum);
    }
    TreeMap<Integer, Double> buckets = new TreeMap<>();
    for (int i = 0; i < read.positive().size(); i++) {
      buckets.put(read.positive().index(i), read.positive().count(i));
    }
    assertThat(read.schema()).isEqualTo(8);
    assertThat(buckets).isEqualTo(expected);
  }

  @Test
  void theFirstBoundMayBeTheLowest() {
    ProtoWriter lowest = threeBuckets().float64(16, Double.NEGATIVE_INFINITY).float64(16, 2);

    assertThat(FloatHistogram.ofWire(lowest.toByteArray()))
        .hasToString("{count:3, sum:1, [-Inf,-Inf]:1, (-Inf,2]:1, (2,+Inf]:1}");
  }

  @Test
  void boundsSayNothingOfExponentialBuckets() {
    FloatHistogram bare = exponential();
    FloatHistogram bounded = exponential(1, 2);

    assertThat(bare.sameContent(bounded)).isTrue();
    assertThat(custom(Buckets.from(0, 1)).sameContent(custom(Buckets.from(0, 1), 1))).isFalse();
  }

  @Test
  void customBucketsWithoutObservationsMayBeOutOfBounds() {
    FloatHistogram histogram = custom(Buckets.from(-1, 0, 1, 0, 0, 0, 0), 1, 2);

    FloatHistogram read = FloatHistogram.ofWire(histogram.toWire(5));

    assertThat(read.plus(custom(Buckets.from(0, 1), 2, 3)))
        .hasToString("{count:2, sum:2, [-Inf,2]:2}");
  }
}

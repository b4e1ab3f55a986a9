package io.aom.ingest.remotewrite;

import static io.aom.ingest.remotewrite.PrometheusMessages.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.intake.RefusalReason;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which native histograms are taken. */
class RemoteWriteHistogramsTest extends RemoteWriteSplitting {
  /** The symbols, and the beginning of a series of that name. */
  private static int beginLatency(ProtoWriter body) {
    for (String symbol : List.of("", "__name__", "latency")) {
      body.string(4, symbol);
    }
    int series = body.begin(5);
    body.packedVarints(1, new int[] {1, 2}, 2);
    return series;
  }

  /** Queries would fail on them for as long as they are stored. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spans that go back         | 3   | 0 1 -1 1           |          | histogram spans: not in order
          a zero bucket of no width  | 3   | 0 2                |          | histogram zero threshold: NaN (expected: 0 or more)
          a span beyond 32 bits      | 3   | 2147483647 2       |          | histogram spans: not in order
          a length beyond all        | 3   | 0 4294967295       |          | histogram buckets: 2 (expected: as many as the spans say
          custom buckets, no bounds  | -53 | 0 2                |          | histogram bounds: 0 for buckets up to 2
          bounds that fall           | -53 | 0 2                | 2 1      | histogram bounds: 2 for buckets up to 2
          a bound that is no number  | -53 | 0 2                | 1 NaN    | histogram bounds: 2 for buckets up to 2
          a bound that has no end    | -53 | 0 2                | 1 Infinity | histogram bounds: 2 for buckets up to 2
          a bucket before the first  | -53 | -1 2               | 1 2      | histogram bounds: 2 for buckets up to 1
          bounds without their schema | 3  | 0 2                | 1 2      | histogram bounds: with schema 3 (expected: only with -53)
          a zero bucket of custom ones | -53 | 0 2              | 1 2      | histogram zero bucket: with schema -53
          finer than any schema     | 53  | 0 2                |          | histogram schema: 53 (expected: -4 to 52, or -53)
          coarser than taken        | -5  | 0 2                |          | histogram schema: -5 (expected: -4 to 52, or -53)
          """)
  void nativeHistogramsThatCannotBeReadBackAreRefused(
      String fault, int schema, String spans, String bounds, String message) {
    ProtoWriter body = new ProtoWriter(256);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.varint(1, 2).float64(3, 1).sint(4, schema).varint(15, NOW);
    body.float64(5, fault.equals("a zero bucket of no width") ? Double.NaN : 0.001);
    String[] numbers = spans.split(" ");
    for (int i = 0; i < numbers.length; i += 2) {
      int span = body.begin(11);
      body.sint(1, Long.parseLong(numbers[i])).varint(2, Long.parseLong(numbers[i + 1]));
      body.end(span);
    }
    int deltas = body.begin(12);
    body.packedVarint(2);
    body.packedVarint(0);
    body.end(deltas);
    if (bounds != null) {
      int custom = body.begin(16);
      for (String bound : bounds.split(" ")) {
        body.packedFixed64(Double.doubleToRawLongBits(Double.parseDouble(bound)));
      }
      body.end(custom);
    }
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.histograms()).isZero();
    assertThat(split.refusals().counts())
        .containsExactly(Map.entry(RefusalReason.INVALID_HISTOGRAM, 1L));
    assertThat(split.refusals().message()).contains(message);
  }

  /** Prometheus refuses the same; a count below 0 would go on into every rate and quantile. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          all in buckets        | false | 6  | 12.5 | 1 | 2 1    |
          fewer than buckets    | false | 5  | 12.5 | 1 | 2 1    | histogram count: 5 (expected: that of all buckets, 6)
          more than buckets     | false | 7  | 12.5 | 1 | 2 1    | histogram count: 7 (expected: that of all buckets, 6)
          some are no number    | false | 7  | NaN  | 1 | 2 1    |
          too few, no number    | false | 5  | NaN  | 1 | 2 1    | histogram count: 5 (expected: that of all buckets, 6)
          deltas below 0        | false | 2  | 12.5 | 0 | 3 -4   | histogram counts: one below 0
          deltas that overflow  | false | 1  | 12.5 | 0 | 9223372036854775807 1 | histogram counts: one below 0
          a count below 0       | false | -1 | 12.5 | 1 | 2 1    | histogram count: 18446744073709551615 (expected: that of all buckets, 6)
          floats                | true  | 5  | 12.5 | 1 | 2 1    |
          floats, NaN           | true  | 5  | 12.5 | 1 | 2 NaN  |
          floats below 0        | true  | -5 | 12.5 | 1 | 2 1    | histogram counts: one below 0
          a bucket below 0      | true  | 5  | 12.5 | 1 | 2 -1   | histogram counts: one below 0
          zero bucket below 0   | true  | 5  | 12.5 | -1 | 2 1   | histogram counts: one below 0
          """)
  void countsOfNativeHistogramsAreNotBelowZeroAndAddUp(
      String situation,
      boolean floats,
      long count,
      double sum,
      long zeroCount,
      String buckets,
      String fault) {
    ProtoWriter body = new ProtoWriter(256);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.float64(3, sum).sint(4, 3).varint(15, NOW);
    int span = body.begin(11);
    body.varint(2, 2);
    body.end(span);
    if (floats) {
      body.float64(2, count).float64(7, zeroCount);
    } else {
      body.varint(1, count).varint(6, zeroCount);
    }
    for (String bucket : buckets.split(" ")) {
      if (floats) {
        body.float64(13, Double.parseDouble(bucket));
      } else {
        body.sint(12, Long.parseLong(bucket));
      }
    }
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.histograms()).isEqualTo(fault == null ? 1 : 0);
    assertThat(split.refusals().total()).isEqualTo(fault == null ? 0 : 1);
    assertThat(split.refusals().message()).contains(fault == null ? "" : fault);
  }

  /** As Prometheus reads the same bytes. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          integers                    | 1 2     | 3   |            | 12 2   |
          empty deltas of floats      | 2 2.0   | 3   |            | 13 2.0 |
          no count of floats          |         | 3   |            | 13 2.0 | histogram counts: floats (expected: count_float with them)
          a zero count sent twice     | 1 3     | 3   | 6 9, 6 1   | 12 2   |
          zero count of another kind  | 1 3     | 3   | 7 1.0      | 12 2   | histogram counts: integers and floats
          zero count, no count        |         | 3   | 7 1.0      |        | histogram counts: floats (expected: count_float with them)
          the finest schema           | 1 2     | 52  |            | 12 2   |
          custom, without bounds      | 1 2     | -53 |            | 12 2   |
          custom, the lowest bound    | 1 2     | -53 | 16 -Infinity, 16 1.0 | 12 2 |
          custom, no number           | 1 2     | -53 | 16 NaN     | 12 2   | histogram bounds: 1 for buckets up to 1
          custom, a zero count        | 1 3     | -53 | 6 1        | 12 2   | histogram zero bucket: with schema -53
          custom, a float zero count  | 2 3.0   | -53 | 7 1.0      | 13 2.0 | histogram zero bucket: with schema -53
          custom, a zero threshold    | 1 2     | -53 | 5 0.5      | 12 2   | histogram zero bucket: with schema -53
          custom, none of a zero bucket | 1 2   | -53 | 5 0.0, 6 0 | 12 2   |
          """)
  void fieldsOfNativeHistogramsMeanWhatTheyMeanToPrometheus(
      String situation, String count, int schema, String more, String bucket, String fault) {
    ProtoWriter body = new ProtoWriter(256);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.float64(3, 1).sint(4, schema).varint(15, NOW);
    if (bucket != null) {
      int span = body.begin(11);
      body.varint(2, 1);
      body.end(span);
    }
    for (String fields : Stream.of(count, more, bucket).filter(Objects::nonNull).toList()) {
      for (String field : fields.split(", ")) {
        number(body, field.split(" "));
      }
    }
    if (situation.startsWith("empty deltas")) {
      body.end(body.begin(9));
      body.end(body.begin(12));
    }
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.refusals().message()).contains(fault == null ? "" : fault);
    assertThat(split.refusals().total()).isEqualTo(fault == null ? 0 : 1);
    assertThat(split.histograms()).isEqualTo(fault == null ? 1 : 0);
  }

  private static void number(ProtoWriter body, String[] field) {
    int number = Integer.parseInt(field[0]);
    if (number == 12) {
      body.sint(number, Long.parseLong(field[1]));
    } else if (number == 1 || number == 6) {
      body.varint(number, Long.parseLong(field[1]));
    } else {
      body.float64(number, Double.parseDouble(field[1]));
    }
  }

  @Test
  void countsOfNativeHistogramsAreOfOneKind() {
    ProtoWriter body = new ProtoWriter(256);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.varint(1, 2).float64(3, 1).sint(4, 3).varint(15, NOW);
    int span = body.begin(11);
    body.varint(2, 1);
    body.end(span);
    body.float64(13, 2);
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.refusals().message()).contains("histogram counts: integers and floats");
  }

  /** A reader stops at so many: queries would fail on it for as long as it is stored. */
  @Test
  void moreBucketsThanAReaderTakesAreRefused() {
    ProtoWriter body = new ProtoWriter(1 << 18);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.float64(3, 1).sint(4, 3).varint(15, NOW);
    int span = body.begin(11);
    body.varint(2, 65_537);
    body.end(span);
    int deltas = body.begin(12);
    for (int i = 0; i < 65_537; i++) {
      body.packedVarint(0);
    }
    body.end(deltas);
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.refusals().message())
        .contains("histogram buckets: 65537 (expected: at most 65536 of one sign)");
  }

  /** As the wire format has it: packed fields may come in pieces, or not packed. */
  @Test
  void boundsOfCustomBucketsMayComeOneByOne() {
    ProtoWriter body = new ProtoWriter(256);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.varint(1, 3).float64(3, 1).sint(4, -53).varint(15, NOW);
    int span = body.begin(11);
    body.varint(2, 3);
    body.end(span);
    body.sint(12, 1).sint(12, 0).sint(12, 0);
    body.float64(16, 1).float64(16, 2);
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.histograms()).isEqualTo(1);
    assertThat(split.refusals().counts()).isEmpty();
  }
}

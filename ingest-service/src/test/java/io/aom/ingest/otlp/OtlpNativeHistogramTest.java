package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.CUMULATIVE;
import static io.aom.ingest.otlp.OtlpMetricExamples.DELTA;
import static io.aom.ingest.otlp.OtlpMetricExamples.LIMITS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NANOS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.request;
import static io.aom.ingest.otlp.OtlpMetricExamples.resource;
import static io.aom.ingest.otlp.OtlpMetricExamples.translation;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.PrometheusMessages;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenantExamples;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.otlp.PrometheusNames;
import io.aom.telemetry.remotewrite.StaleMarker;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exponential histograms as native ones, and points of all kinds of histograms without a value. */
class OtlpNativeHistogramTest {
  private static final long START = NOW - 60_000;

  private final SeriesTenant tenant =
      SeriesTenantExamples.unbounded(new TenantId("acme"), new SeriesCache(64));
  private final OtlpMetricSplitter splitter =
      new OtlpMetricSplitter(2, LIMITS, translation(new PrometheusNames(false, true), List.of()));

  /** Every observation falls into the bucket that Prometheus would have put it into. */
  @ParameterizedTest(name = "scale {0}")
  @CsvSource({"-4", "-1", "0", "3", "8", "9", "12", "20", "31"})
  void bucketsHoldWhatTheyHeldOrAreMadeCoarser(int scale) {
    int schema = Math.min(scale, 8);
    Random random = new Random(scale);
    int spread = scale > 28 ? 50 : 400;
    int offset = random.nextInt(spread) - spread / 2;
    Buckets.Builder buckets = Buckets.newBuilder().setOffset(offset);
    TreeMap<Integer, Long> expected = new TreeMap<>();
    long count = 0;
    for (int i = 0; i < 300; i++) {
      long items = random.nextInt(4) == 0 ? random.nextInt(1_000) : 0;
      buckets.addBucketCounts(items);
      count += items;
      if (items > 0) {
        // OTLP's bucket i ends where Prometheus' bucket i + 1 ends.
        int index = (int) Math.floorDiv((long) offset + i, 1L << (scale - schema)) + 1;
        expected.merge(index, items, Long::sum);
      }
    }
    String histogram =
        taken(point().setScale(scale).setCount(count).setPositive(buckets)).toString();

    assertThat(histogram.contains("schema: " + schema)).isEqualTo(schema != 0); // 0 is not shown
    assertThat(decoded(histogram, "positive")).isEqualTo(expected);
  }

  private static Map<Integer, Long> decoded(String text, String sign) {
    Map<Integer, Long> buckets = new TreeMap<>();
    List<Integer> indexes = new ArrayList<>();
    int next = 0;
    var spans =
        java.util.regex.Pattern.compile(
                sign + "_spans \\{\\s*(?:offset: (-?\\d+)\\s*)?length: (\\d+)")
            .matcher(text);
    while (spans.find()) {
      next += spans.group(1) == null ? 0 : Integer.parseInt(spans.group(1));
      for (int i = 0; i < Integer.parseInt(spans.group(2)); i++) {
        indexes.add(next++);
      }
    }
    var deltas = java.util.regex.Pattern.compile(sign + "_deltas: (-?\\d+)").matcher(text);
    long count = 0;
    int at = 0;
    while (deltas.find()) {
      count += Long.parseLong(deltas.group(1));
      if (count != 0) {
        buckets.put(indexes.get(at), count);
      }
      at++;
    }
    assertThat(at).isEqualTo(indexes.size());
    return buckets;
  }

  @Test
  void allThatAPointSaysIsKept() {
    String histogram =
        taken(
                point()
                    .setStartTimeUnixNano(START * 1_000_000)
                    .setScale(2)
                    .setCount(6)
                    .setSum(-1.5)
                    .setZeroCount(1)
                    .setZeroThreshold(0.25)
                    .setPositive(Buckets.newBuilder().addBucketCounts(2))
                    .setNegative(Buckets.newBuilder().setOffset(4).addBucketCounts(3)))
            .toString();

    assertThat(histogram.replaceAll("\\s+", " "))
        .contains("count_int: 6", "sum: -1.5", "zero_count_int: 1", "zero_threshold: 0.25")
        .contains("timestamp: " + NOW, "start_timestamp: " + START)
        .contains("negative_spans { offset: 5 length: 1 } negative_deltas: 3")
        .contains("positive_spans { offset: 1 length: 1 } positive_deltas: 2")
        .doesNotContain("reset_hint");
    assertThat(taken(point().setCount(1).setZeroCount(1)).toString())
        .contains("zero_threshold: 1.0E-128");
    assertThat(taken(point().setCount(2).setZeroCount(1).setSum(Double.NaN)).toString())
        .contains("count_int: 2");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          coarser than Prometheus knows | -5 | 1 | 0          | with scale -5 (expected: at least -4)
          more than its buckets         | 0  | 2 | 0          | with count 2 (expected: 1, as its buckets)
          less than its buckets         | 0  | 0 | 0          | with count 0 (expected: 1, as its buckets)
          beyond any double             | 0  | 1 | 2147483647 | does not fit into 32 bits
          """)
  void whatPrometheusWouldNotTakeIsRefused(
      String mistake, int scale, long count, int offset, String message) {
    Buckets.Builder bucket = Buckets.newBuilder().setOffset(offset).addBucketCounts(1);

    MetricSplit split = split(point().setScale(scale).setCount(count).setPositive(bucket));

    assertThat(split.refusals().counts()).isEqualTo(Map.of(RefusalReason.INVALID_HISTOGRAM, 1L));
    assertThat(split.refusals().message()).contains(message);
    assertThat(split.slices()).isEmpty();
  }

  @Test
  void countsThatWouldTurnNegativeAreRefused() {
    Buckets.Builder wrapped = Buckets.newBuilder().addBucketCounts(-1).addBucketCounts(3);
    Buckets.Builder together =
        Buckets.newBuilder().addBucketCounts(Long.MAX_VALUE).addBucketCounts(Long.MAX_VALUE);

    for (Buckets.Builder buckets : List.of(wrapped, together)) {
      MetricSplit split =
          split(
              point()
                  .setCount(buckets.getBucketCounts(0) + buckets.getBucketCounts(1))
                  .setPositive(buckets));

      assertThat(split.refusals().message()).contains("with counts that do not fit into 63 bits");
      assertThat(split.slices()).isEmpty();
    }
  }

  /** Counts are without sign, where some are no numbers too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -1 | 2  | 1.5 | with counts that do not fit into 64 bits together
          -1 | 2  | NaN | with counts that do not fit into 64 bits together
          5  | 3  | NaN | with count 3 (expected: 8, as its buckets)
          -9 | 3  | NaN | with count 3 (expected: 18446744073709551610, as its buckets)
          -9 | -6 | 1.5 |
          5  | -1 | NaN |
          """)
  void countsAreWithoutSign(long zeroCount, long count, double sum, String message) {
    MetricSplit split =
        split(
            point()
                .setZeroCount(zeroCount)
                .setCount(count)
                .setSum(sum)
                .setPositive(Buckets.newBuilder().addBucketCounts(3)));

    assertThat(split.refusals().total()).isEqualTo(message == null ? 0 : 1);
    assertThat(split.refusals().message()).contains(message == null ? "" : message);
  }

  /** A reader stops at so many: queries would fail on it for as long as it is stored. */
  @Test
  void moreBucketsThanAReaderTakesAreRefused() {
    Buckets.Builder many = Buckets.newBuilder().setOffset(-40_000);
    for (int i = 0; i < 65_537; i++) {
      many.addBucketCounts(i % 2 == 0 ? 1 : 0); // those between are written too
    }

    MetricSplit split = split(point().setScale(8).setCount(32_769).setPositive(many));

    assertThat(split.refusals().message()).contains("with more than 65536 buckets of one sign");
    assertThat(split.slices()).isEmpty();
  }

  @Test
  void withoutARecordedValueAllSeriesOfAPointAreStale() {
    HistogramDataPoint.Builder classic =
        HistogramDataPoint.newBuilder()
            .setTimeUnixNano(NANOS)
            .setFlags(1)
            .setSum(1)
            .addExplicitBounds(1)
            .addAllBucketCounts(List.of(0L, 0L));
    SummaryDataPoint.Builder summary =
        SummaryDataPoint.newBuilder()
            .setTimeUnixNano(NANOS)
            .setFlags(1)
            .addQuantileValues(SummaryDataPoint.ValueAtQuantile.newBuilder().setQuantile(0.5));

    List<Series> series = series(split(histogram(classic), quantiles(summary)));

    assertThat(series)
        .extracting(one -> one.labels().get("__name__"))
        .containsExactlyInAnyOrder(
            "h_bucket", "h_bucket", "h_count", "h_sum", "s", "s_count", "s_sum");
    assertThat(series)
        .allSatisfy(
            one -> assertThat(one.samples().getFirst().valueBits()).isEqualTo(StaleMarker.BITS));
    String stale = "count_int: " + Long.toUnsignedString(StaleMarker.BITS);
    assertThat(taken(point().setFlags(1).setCount(3)).toString())
        .contains(stale, "sum: NaN")
        .doesNotContain("spans");
  }

  private static Metric histogram(HistogramDataPoint.Builder point) {
    return Metric.newBuilder()
        .setName("h")
        .setHistogram(
            Histogram.newBuilder().setAggregationTemporality(CUMULATIVE).addDataPoints(point))
        .build();
  }

  private static Metric quantiles(SummaryDataPoint.Builder point) {
    return Metric.newBuilder()
        .setName("s")
        .setSummary(Summary.newBuilder().addDataPoints(point))
        .build();
  }

  @Test
  void allSeriesOfAPointBeginWithIt() {
    HistogramDataPoint.Builder classic =
        HistogramDataPoint.newBuilder()
            .setStartTimeUnixNano(START * 1_000_000)
            .setTimeUnixNano(NANOS)
            .setSum(1);
    SummaryDataPoint.Builder summary =
        SummaryDataPoint.newBuilder()
            .setStartTimeUnixNano(START * 1_000_000)
            .setTimeUnixNano(NANOS)
            .addQuantileValues(SummaryDataPoint.ValueAtQuantile.newBuilder().setQuantile(0.5));

    assertThat(series(split(histogram(classic), quantiles(summary))))
        .hasSize(6)
        .allSatisfy(one -> assertThat(one.samples().getFirst().startMillis()).isEqualTo(START));
  }

  @Test
  void explicitBoundsBecomeCustomOnesIfThatIsSet() {
    HistogramDataPoint.Builder point =
        explicit(List.of(0.5, 1.0, 2.5), List.of(0L, 4L, 0L, 2L))
            .setStartTimeUnixNano(START * 1_000_000)
            .setCount(6)
            .setSum(7.5)
            .addExemplars(Exemplar.newBuilder().setAsDouble(0.7));

    MetricSplit split = custom(CUMULATIVE, point);

    assertThat(split.refusals().message()).isEmpty();
    assertThat(series(split)).hasSize(1);
    Series series = series(split).getFirst();
    assertThat(series.labels()).isEqualTo(Map.of("__name__", "m"));
    assertThat(series.metadata().type()).isEqualTo(3);
    assertThat(series.exemplars()).hasSize(1);
    String histogram = series.histograms().getFirst().toString();
    assertThat(histogram)
        .contains("schema: -53", "count_int: 6", "sum: 7.5", "start_timestamp: " + START)
        .contains("custom_values: 0.5", "custom_values: 1.0", "custom_values: 2.5")
        .doesNotContain("reset_hint", "zero_threshold");
    assertThat(decoded(histogram, "positive")).isEqualTo(Map.of(1, 4L, 3, 2L));
  }

  @Test
  void theLeastCustomBoundMayBeInfinite() {
    HistogramDataPoint.Builder point =
        explicit(List.of(Double.NEGATIVE_INFINITY, 1.0), List.of(1L, 2L, 3L)).setCount(6);

    String histogram = series(custom(CUMULATIVE, point)).getFirst().histograms().toString();

    assertThat(histogram).contains("custom_values: -Infinity", "custom_values: 1.0");
    assertThat(decoded(histogram, "positive")).isEqualTo(Map.of(0, 1L, 1, 2L, 2, 3L));
  }

  @Test
  void aCustomBoundIsANumber() {
    MetricSplit split = custom(CUMULATIVE, explicit(List.of(Double.NaN), List.of(1L, 2L)));

    assertThat(split.refusals().message()).contains("with the last bound NaN");
    assertThat(split.slices()).isEmpty();
  }

  @Test
  void customBucketsOfADeltaAreAGauge() {
    MetricSplit split = custom(DELTA, explicit(List.of(1.0), List.of(1L, 1L)).setCount(2));

    assertThat(series(split).getFirst().histograms().getFirst().toString())
        .contains("reset_hint: 3");
    assertThat(series(split).getFirst().metadata().type()).isZero();
  }

  @Test
  void withoutBucketsAllIsInACustomOneWithoutABound() {
    String histogram =
        series(custom(CUMULATIVE, explicit(List.of(), List.of()).setCount(3)))
            .getFirst()
            .histograms()
            .getFirst()
            .toString();

    assertThat(histogram).doesNotContain("custom_values");
    assertThat(decoded(histogram, "positive")).isEqualTo(Map.of(0, 3L));
  }

  @Test
  void noRecordedValueIsAStaleCustomHistogram() {
    HistogramDataPoint.Builder point = explicit(List.of(1.0), List.of(0L, 0L)).setFlags(1);

    assertThat(series(custom(CUMULATIVE, point)).getFirst().histograms().getFirst().toString())
        .contains("count_int: " + StaleMarker.BITS, "sum: NaN", "schema: -53")
        .doesNotContain("positive");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1, Infinity | with the last bound Infinity (expected: one below +Inf)
          1, 2        | with count 7 (expected: 6, as its buckets)
          """)
  void customBucketsThatPrometheusWouldRefuseAreRefused(String bounds, String message) {
    List<Double> edges = Arrays.stream(bounds.split(", ")).map(Double::valueOf).toList();

    MetricSplit split = custom(CUMULATIVE, explicit(edges, List.of(1L, 2L, 3L)).setCount(7));

    assertThat(split.refusals().counts()).isEqualTo(Map.of(RefusalReason.INVALID_HISTOGRAM, 1L));
    assertThat(split.refusals().message()).contains(message);
    assertThat(split.slices()).isEmpty();
  }

  private static HistogramDataPoint.Builder explicit(List<Double> bounds, List<Long> counts) {
    return HistogramDataPoint.newBuilder()
        .setTimeUnixNano(NANOS)
        .addAllExplicitBounds(bounds)
        .addAllBucketCounts(counts);
  }

  private MetricSplit custom(AggregationTemporality temporality, HistogramDataPoint.Builder point) {
    OtlpMetricSplitter converting =
        new OtlpMetricSplitter(
            2,
            LIMITS,
            new OtlpTranslation(
                new PrometheusNames(false, true), List.of(), List.of(), false, true, false, true));
    Metric metric =
        Metric.newBuilder()
            .setName("m")
            .setHistogram(
                Histogram.newBuilder().setAggregationTemporality(temporality).addDataPoints(point))
            .build();
    return split(converting, metric);
  }

  private static ExponentialHistogramDataPoint.Builder point() {
    return ExponentialHistogramDataPoint.newBuilder().setTimeUnixNano(NANOS);
  }

  private Object taken(ExponentialHistogramDataPoint.Builder point) {
    MetricSplit split = split(point);
    assertThat(split.refusals().message()).isEmpty();
    return series(split).getFirst().histograms().getFirst();
  }

  private MetricSplit split(ExponentialHistogramDataPoint.Builder point) {
    return split(
        Metric.newBuilder()
            .setName("m")
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(point))
            .build());
  }

  private MetricSplit split(Metric... metrics) {
    return split(splitter, metrics);
  }

  private MetricSplit split(OtlpMetricSplitter with, Metric... metrics) {
    byte[] body =
        request(resource(), ScopeMetrics.newBuilder().addAllMetrics(List.of(metrics)).build())
            .toByteArray();
    return with.split(tenant, body, 0, body.length, NOW);
  }

  private static List<Series> series(MetricSplit split) {
    List<Series> all = new ArrayList<>();
    split.slices().forEach(s -> all.addAll(PrometheusMessages.readSecondVersion(s.value())));
    return all;
  }
}

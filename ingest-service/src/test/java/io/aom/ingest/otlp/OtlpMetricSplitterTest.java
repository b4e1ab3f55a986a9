package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.CUMULATIVE;
import static io.aom.ingest.otlp.OtlpMetricExamples.DELTA;
import static io.aom.ingest.otlp.OtlpMetricExamples.LIMITS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NANOS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.gauge;
import static io.aom.ingest.otlp.OtlpMetricExamples.named;
import static io.aom.ingest.otlp.OtlpMetricExamples.point;
import static io.aom.ingest.otlp.OtlpMetricExamples.request;
import static io.aom.ingest.otlp.OtlpMetricExamples.text;
import static io.aom.ingest.otlp.OtlpMetricExamples.translation;
import static io.aom.ingest.otlp.OtlpMetricExamples.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.PrometheusMessages;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesLimits;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenantExamples;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.otlp.PrometheusNames;
import io.aom.telemetry.remotewrite.StaleMarker;
import io.aom.telemetry.wire.MalformedWireException;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint.ValueAtQuantile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpMetricSplitterTest {
  @Test
  void aSumThatRisesBecomesACounterWithJobInstanceAndScope() {
    Metric metric =
        Metric.newBuilder()
            .setName("http.server.requests")
            .setUnit("{request}")
            .setDescription("Requests.")
            .setSum(
                Sum.newBuilder()
                    .setIsMonotonic(true)
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(point().setAsInt(7).addAttributes(text("http.route", "/a"))))
            .build();

    List<Series> series = split(metric);

    Series counter = named(series, "http_server_requests_total").getFirst();
    assertThat(counter.labels())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "__name__", "http_server_requests_total",
                "http_route", "/a",
                "instance", "pod-1",
                "job", "shop/cart",
                "k8s_pod_name", "cart-1",
                "otel_scope_name", "scope",
                "otel_scope_version", "1.0"));
    assertThat(counter.samples())
        .containsExactly(
            new PrometheusMessages.Sample(Double.doubleToRawLongBits(7), NOW, NOW - 60_000));
    assertThat(counter.metadata()).isEqualTo(new PrometheusMessages.Meta(1, "Requests.", ""));
  }

  @Test
  void theRestOfTheResourceIsToldOnce() {
    List<Series> series = split(gauge("up", "1"));

    assertThat(named(series, "target_info")).hasSize(1);
    assertThat(named(series, "target_info").getFirst().labels())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "__name__", "target_info",
                "host_name", "node-1",
                "instance", "pod-1",
                "job", "shop/cart",
                "k8s_pod_name", "cart-1",
                "process_command_args", "[\"java\",\"-jar\"]"));
    assertThat(named(series, "up_ratio")).hasSize(1);
  }

  @Test
  void aHistogramBecomesCumulativeBucketsCountAndSum() {
    Metric metric =
        Metric.newBuilder()
            .setName("latency")
            .setUnit("s")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(
                        HistogramDataPoint.newBuilder()
                            .setTimeUnixNano(NANOS)
                            .setCount(6)
                            .setSum(2.5)
                            .addAllExplicitBounds(List.of(0.005, 1.0))
                            .addAllBucketCounts(List.of(1L, 2L, 3L))
                            .addExemplars(
                                Exemplar.newBuilder()
                                    .setTimeUnixNano(NANOS)
                                    .setAsDouble(0.7)
                                    .setTraceId(
                                        ByteString.copyFrom(
                                            new byte[] {
                                              16, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
                                            })))))
            .build();

    List<Series> series = split(metric);

    Map<String, Double> buckets = new LinkedHashMap<>();
    for (Series bucket : named(series, "latency_seconds_bucket")) {
      buckets.put(bucket.labels().get("le"), value(bucket));
      assertThat(bucket.exemplars()).hasSize(bucket.labels().get("le").equals("1") ? 1 : 0);
    }
    assertThat(buckets).isEqualTo(Map.of("0.005", 1.0, "1", 3.0, "+Inf", 6.0));
    assertThat(value(named(series, "latency_seconds_count").getFirst())).isEqualTo(6);
    assertThat(value(named(series, "latency_seconds_sum").getFirst())).isEqualTo(2.5);
  }

  @Test
  void anExponentialHistogramBecomesANativeOne() throws Exception {
    Metric metric =
        Metric.newBuilder()
            .setName("size")
            .setUnit("By")
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(
                        ExponentialHistogramDataPoint.newBuilder()
                            .setTimeUnixNano(NANOS)
                            .setScale(9)
                            .setCount(12)
                            .setSum(99)
                            .setZeroCount(1)
                            .setPositive(
                                ExponentialHistogramDataPoint.Buckets.newBuilder()
                                    .setOffset(-3)
                                    .addAllBucketCounts(
                                        List.of(1L, 2L, 3L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 5L)))))
            .build();

    List<Series> series = split(metric);
    String histogram = named(series, "size_bytes").getFirst().histograms().getFirst().toString();

    // Scale 9 is halved to 8: buckets -3, -2 fall to -2, -1 (at Prometheus' -1 and 0), 7 to 3 (at
    // 4).
    assertThat(histogram.replaceAll("\\s+", " "))
        .contains("count_int: 12", "schema: 8", "zero_count_int: 1", "timestamp: " + NOW)
        .contains("positive_spans { offset: -1 length: 2 } positive_spans { offset: 3 length: 1 }")
        .contains("positive_deltas: 1 positive_deltas: 4 positive_deltas: 0");
  }

  @Test
  void aSummaryBecomesItsQuantiles() {
    Metric metric =
        Metric.newBuilder()
            .setName("wait")
            .setSummary(
                Summary.newBuilder()
                    .addDataPoints(
                        SummaryDataPoint.newBuilder()
                            .setTimeUnixNano(NANOS)
                            .setCount(4)
                            .setSum(10)
                            .addQuantileValues(
                                SummaryDataPoint.ValueAtQuantile.newBuilder()
                                    .setQuantile(0.99)
                                    .setValue(5))))
            .build();

    List<Series> series = split(metric);

    assertThat(named(series, "wait").getFirst().labels()).containsEntry("quantile", "0.99");
    assertThat(value(named(series, "wait").getFirst())).isEqualTo(5);
    assertThat(value(named(series, "wait_count").getFirst())).isEqualTo(4);
    assertThat(value(named(series, "wait_sum").getFirst())).isEqualTo(10);
  }

  @Test
  void noRecordedValueIsAStaleMarker() {
    Metric metric =
        Metric.newBuilder()
            .setName("gone")
            .setGauge(Gauge.newBuilder().addDataPoints(point().setFlags(1)))
            .build();

    assertThat(named(split(metric), "gone").getFirst().samples().getFirst().valueBits())
        .isEqualTo(StaleMarker.BITS);
  }

  @Test
  void attributesWhoseNamesFallTogetherAreJoined() {
    Metric metric =
        Metric.newBuilder()
            .setName("x")
            .setGauge(
                Gauge.newBuilder()
                    .addDataPoints(
                        point()
                            .setAsDouble(1)
                            .addAttributes(text("a.b", "1"))
                            .addAttributes(text("a_b", "2"))
                            .addAttributes(text("1st", "3"))))
            .build();

    assertThat(named(split(metric), "x").getFirst().labels())
        .containsEntry("a_b", "1;2")
        .containsEntry("key_1st", "3");
  }

  @Test
  void aDeltaSumHasACountersNameButNotItsType() {
    Metric delta =
        Metric.newBuilder()
            .setName("requests")
            .setUnit("By")
            .setSum(
                Sum.newBuilder()
                    .setIsMonotonic(true)
                    .setAggregationTemporality(DELTA)
                    .addDataPoints(point().setAsInt(7)))
            .build();

    Series series = named(split(delta), "requests_bytes_total").getFirst();

    assertThat(series.samples())
        .containsExactly(
            new PrometheusMessages.Sample(Double.doubleToRawLongBits(7), NOW, NOW - 60_000));
    assertThat(series.metadata()).isEqualTo(new PrometheusMessages.Meta(0, "", "bytes"));
  }

  @Test
  void deltaHistogramsHaveNoTypeAndNativeOnesSayThatTheyDoNotAddUp() {
    Metric classic =
        Metric.newBuilder()
            .setName("latency")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(DELTA)
                    .addDataPoints(
                        HistogramDataPoint.newBuilder()
                            .setTimeUnixNano(NANOS)
                            .setCount(3)
                            .addExplicitBounds(1)
                            .addAllBucketCounts(List.of(1L, 2L))))
            .build();
    Metric exponential =
        Metric.newBuilder()
            .setName("size")
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .setAggregationTemporality(DELTA)
                    .addDataPoints(
                        ExponentialHistogramDataPoint.newBuilder()
                            .setTimeUnixNano(NANOS)
                            .setCount(1)
                            .setZeroCount(1)))
            .build();

    List<Series> series = split(classic, exponential);

    assertThat(named(series, "latency_bucket").stream().map(OtlpMetricExamples::value))
        .contains(1.0, 3.0);
    assertThat(named(series, "latency_count").getFirst().metadata().type()).isZero();
    Series nativeOne = named(series, "size").getFirst();
    assertThat(nativeOne.metadata().type()).isZero();
    assertThat(nativeOne.histograms().getFirst().toString()).contains("reset_hint: 3");
  }

  @Test
  void promotedAttributesAreOnEverySeriesAsWell() {
    OtlpMetricSplitter splitter =
        splitter(3, new PrometheusNames(false, true), List.of("service.name", "k8s.*", "host"));

    List<Series> series = split(splitter, gauge("up", ""));

    assertThat(named(series, "up").getFirst().labels())
        .containsEntry("service_name", "cart")
        .containsEntry("k8s_pod_name", "cart-1")
        .containsEntry("job", "shop/cart")
        .doesNotContainKeys("host_name", "service_namespace");
    assertThat(named(series, "target_info").getFirst().labels())
        .containsEntry("host_name", "node-1")
        .containsEntry("k8s_pod_name", "cart-1");
  }

  @Test
  void aResourceWhoseAttributesAreAllPromotedStillHasItsInfo() {
    OtlpMetricSplitter splitter =
        splitter(3, new PrometheusNames(false, true), List.of("k8s.*", "host.name", "process.*"));

    assertThat(named(split(splitter, gauge("up", "")), "target_info")).hasSize(1);
  }

  @Test
  void namesInUtf8StayAsTheyAre() {
    OtlpMetricSplitter splitter =
        splitter(3, new PrometheusNames(true, false), List.of("k8s.pod.name"));

    List<Series> series = split(splitter, gauge("größe.im.lager", "By"));

    assertThat(named(series, "größe.im.lager").getFirst().labels())
        .containsEntry("k8s.pod.name", "cart-1")
        .containsEntry("job", "shop/cart");
    assertThat(named(series, "target_info").getFirst().labels()).containsKey("host.name");
  }

  @Test
  void whatCannotBeTakenIsRefusedByDataPoints() {
    Metric unspecified =
        Metric.newBuilder()
            .setName("u")
            .setSum(Sum.newBuilder().addDataPoints(point()).addDataPoints(point()))
            .build();
    Metric nameless = gauge("...", "");
    Metric old =
        Metric.newBuilder()
            .setName("o")
            .setGauge(Gauge.newBuilder().addDataPoints(NumberDataPoint.newBuilder()))
            .build();
    byte[] body = request(unspecified, nameless, old).toByteArray();

    MetricSplit split = splitter(2).split(tenant(), body, 0, body.length, NOW);

    assertThat(split.items()).isZero();
    assertThat(split.refusals().counts())
        .containsOnly(
            Map.entry(RefusalReason.UNSUPPORTED_METRIC, 2L),
            Map.entry(RefusalReason.MISSING_METRIC_NAME, 1L),
            Map.entry(RefusalReason.TOO_OLD, 1L));
    assertThat(split.refusals().message())
        .contains("metric: u has temporality 0 (expected: 1, delta, or 2");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seconds            | 1790000000                | v | 1    | too_old              | this looks like seconds
          microseconds       | 1790000000000000          | v | 1    | too_old              | this looks like microseconds
          not set            | 0                         | v | 1    | too_old              | the time seems not to be set
          11 minutes ahead   | 1790000660000000000       | v | 1    | too_far_in_future    | expected: at most
          a value too long   | 1790000000000000000       | v | 2049 | label_value_too_long | expected: at most 2048
          a name too long    | 1790000000000000000       | vvvvvvvv | 1 | label_name_too_long | expected: at most 256
          """)
  void whatIsWrongIsNamedAndTheRestIsTaken(
      String mistake, long nanos, String name, int valueLength, String reason, String message) {
    String key = name.repeat(name.length() == 1 ? 1 : 33);
    Metric wrong =
        Metric.newBuilder()
            .setName("wrong")
            .setGauge(
                Gauge.newBuilder()
                    .addDataPoints(
                        NumberDataPoint.newBuilder()
                            .setTimeUnixNano(nanos)
                            .setAsDouble(1)
                            .addAttributes(text(key, "x".repeat(valueLength)))))
            .build();
    byte[] body = request(gauge("before", "1"), wrong, gauge("after", "1")).toByteArray();

    MetricSplit split = splitter(3).split(tenant(), body, 0, body.length, NOW);

    assertThat(split.refusals().message()).startsWith(reason + ": 1 refused").contains(message);
    List<Series> taken = new ArrayList<>();
    split.slices().forEach(s -> taken.addAll(PrometheusMessages.readSecondVersion(s.value())));
    assertThat(taken)
        .extracting(series -> series.labels().get("__name__"))
        .contains("before_ratio", "after_ratio")
        .doesNotContain("wrong");
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        -0.0,
        Double.MIN_VALUE
      })
  void valuesThatAreNoNumbersAreTakenToTheBit(double value) {
    Metric metric =
        Metric.newBuilder()
            .setName("odd")
            .setGauge(Gauge.newBuilder().addDataPoints(point().setAsDouble(value)))
            .build();

    assertThat(named(split(metric), "odd").getFirst().samples().getFirst().valueBits())
        .isEqualTo(Double.doubleToRawLongBits(value));
  }

  @Property(tries = 400)
  void aRequestWithOneByteChangedIsSplitOrRefused(
      @ForAll @IntRange(min = 0, max = 100_000) int at, @ForAll byte value) {
    byte[] body = request(gauge("a.b", "ms"), gauge("c", "1")).toByteArray();
    body[at % body.length] = value;
    try {
      splitter(2)
          .split(tenant(), body, 0, body.length, NOW)
          .slices()
          .forEach(slice -> PrometheusMessages.readSecondVersion(slice.value()));
    } catch (MalformedWireException expected) {
      assertThat(expected).hasMessageStartingWith("byte ");
    }
  }

  private static List<Series> split(Metric... metrics) {
    return split(splitter(3), metrics);
  }

  private static List<Series> split(OtlpMetricSplitter splitter, Metric... metrics) {
    byte[] body = request(metrics).toByteArray();
    MetricSplit split = splitter.split(tenant(), body, 0, body.length, NOW);
    assertThat(split.refusals().message()).isEmpty();
    List<Series> all = new ArrayList<>();
    split.slices().forEach(s -> all.addAll(PrometheusMessages.readSecondVersion(s.value())));
    assertThat(all.stream().mapToInt(s -> s.samples().size() + s.histograms().size()).sum())
        .isEqualTo((int) split.items());
    return all;
  }

  private static OtlpMetricSplitter splitter(int partitions) {
    return splitter(partitions, new PrometheusNames(false, true), List.of("k8s.pod.name"));
  }

  private static OtlpMetricSplitter splitter(
      int partitions, PrometheusNames names, List<String> promoted) {
    return new OtlpMetricSplitter(partitions, LIMITS, translation(names, promoted));
  }

  @Test
  void beyondTheLimitNewSeriesAreRefused() {
    byte[] known = request(gauge("a", "1")).toByteArray();
    byte[] more = request(gauge("a", "1"), gauge("b", "1")).toByteArray();
    SeriesTenant tenant =
        SeriesTenantExamples.bounded(
            new TenantId("acme"), new SeriesCache(64), new SeriesLimits(2, 0));
    OtlpMetricSplitter splitter = splitter(2);

    // With target_info there are two series.
    assertThat(splitter.split(tenant, known, 0, known.length, NOW).refusals().total()).isZero();
    MetricSplit split = splitter.split(tenant, more, 0, more.length, NOW);

    assertThat(split.items()).isEqualTo(2);
    assertThat(split.refusals().counts())
        .isEqualTo(Map.of(RefusalReason.TOO_MANY_ACTIVE_SERIES, 1L));
  }

  /** It is no data point. */
  @Test
  void aRefusedTargetInfoIsToldButIsNoRefusedDataPoint() {
    byte[] request = request(gauge("a", "1"), gauge("b", "1")).toByteArray();
    SeriesTenant tenant =
        SeriesTenantExamples.bounded(
            new TenantId("acme"), new SeriesCache(64), new SeriesLimits(2, 0));

    MetricSplit split = splitter(2).split(tenant, request, 0, request.length, NOW);

    assertThat(split.items()).isEqualTo(2);
    assertThat(split.refusals().total()).isZero();
    assertThat(split.refusals().message())
        .startsWith("changed: 1, first: target_info left out: too_many_active_series: ");
  }

  private static Metric histogram(List<Double> bounds, List<Long> counts) {
    return Metric.newBuilder()
        .setName("size")
        .setHistogram(
            Histogram.newBuilder()
                .setAggregationTemporality(CUMULATIVE)
                .addDataPoints(
                    HistogramDataPoint.newBuilder()
                        .setTimeUnixNano(NANOS)
                        .setCount(6)
                        .setSum(2.5)
                        .addAllExplicitBounds(bounds)
                        .addAllBucketCounts(counts)))
        .build();
  }

  private static Metric summary(double... quantiles) {
    SummaryDataPoint.Builder point = SummaryDataPoint.newBuilder().setTimeUnixNano(NANOS);
    for (double quantile : quantiles) {
      point.addQuantileValues(ValueAtQuantile.newBuilder().setQuantile(quantile).setValue(1));
    }
    return Metric.newBuilder()
        .setName("wait")
        .setSummary(Summary.newBuilder().addDataPoints(point))
        .build();
  }

  /** Otherwise a histogram would end with the bucket before a new one, without its count. */
  @Test
  void beyondTheLimitKnownSeriesOfAPointFlowOn() {
    byte[] known = request(histogram(List.of(1.0), List.of(4L, 2L)), summary(0.5)).toByteArray();
    byte[] more =
        request(histogram(List.of(0.25, 0.5, 1.0), List.of(1L, 1L, 2L, 2L)), summary(0.1, 0.2, 0.5))
            .toByteArray();
    SeriesTenant tenant =
        SeriesTenantExamples.bounded(
            new TenantId("acme"), new SeriesCache(64), new SeriesLimits(8, 0));
    OtlpMetricSplitter splitter = splitter(1);

    // Four of the histogram, three of the summary, target_info.
    MetricSplit first = splitter.split(tenant, known, 0, known.length, NOW);
    assertThat(first.refusals().total()).isZero();
    List<Map<String, String>> all = labelsOf(first);
    MetricSplit second = splitter.split(tenant, more, 0, more.length, NOW);

    assertThat(all).hasSize(8);
    assertThat(labelsOf(second)).containsExactlyInAnyOrderElementsOf(all);
    assertThat(second.refusals().counts())
        .isEqualTo(Map.of(RefusalReason.TOO_MANY_ACTIVE_SERIES, 2L)); // data points
  }

  private static List<Map<String, String>> labelsOf(MetricSplit split) {
    return split.slices().stream()
        .flatMap(s -> PrometheusMessages.readSecondVersion(s.value()).stream())
        .map(Series::labels)
        .toList();
  }

  private static SeriesTenant tenant() {
    return SeriesTenantExamples.unbounded(new TenantId("acme"), new SeriesCache(64));
  }
}

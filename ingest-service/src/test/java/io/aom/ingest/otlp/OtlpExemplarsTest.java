package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.CUMULATIVE;
import static io.aom.ingest.otlp.OtlpMetricExamples.NANOS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.gauge;
import static io.aom.ingest.otlp.OtlpMetricExamples.named;
import static io.aom.ingest.otlp.OtlpMetricExamples.point;
import static io.aom.ingest.otlp.OtlpMetricExamples.request;
import static io.aom.ingest.otlp.OtlpMetricExamples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.PrometheusMessages.Example;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Prometheus' own receiver of OTLP makes of exemplars. */
class OtlpExemplarsTest extends OtlpTranslated {
  @Test
  void anExemplarHasItsIdsAndTheAttributesThatFit() {
    byte[] trace = new byte[16];
    trace[15] = 1;
    byte[] span = new byte[8];
    span[0] = 2;
    Exemplar ids =
        Exemplar.newBuilder()
            .setTimeUnixNano(NANOS - 5_000_000)
            .setAsInt(3)
            .setTraceId(ByteString.copyFrom(trace))
            .setSpanId(ByteString.copyFrom(span))
            .build();
    Exemplar fits = ids.toBuilder().addFilteredAttributes(text("user.id", "ü".repeat(58))).build();
    Exemplar tooLong = fits.toBuilder().addFilteredAttributes(text("x", "")).build();
    Exemplar zeroIds =
        Exemplar.newBuilder()
            .setAsDouble(4)
            .setTraceId(ByteString.copyFrom(new byte[16]))
            .setSpanId(ByteString.copyFrom(new byte[8]))
            .build();
    Metric metric =
        gauge(
            "m",
            point()
                .addExemplars(ids)
                .addExemplars(fits)
                .addExemplars(tooLong)
                .addExemplars(zeroIds));

    Map<String, String> idLabels =
        Map.of("trace_id", "0".repeat(30) + "01", "span_id", "0200000000000000");
    Map<String, String> allLabels =
        Map.of(
            "trace_id",
            "0".repeat(30) + "01",
            "span_id",
            "0200000000000000",
            "user.id",
            "ü".repeat(58));
    assertThat(only("m", RESOURCE, scope(metric)).exemplars())
        .containsExactly(
            new Example(idLabels, 3, NOW - 5),
            new Example(allLabels, 3, NOW - 5),
            new Example(idLabels, 3, NOW - 5),
            new Example(Map.of(), 4, NOW));
  }

  @Test
  void exemplarsThatCannotBeTakenAreToldAndTheDataPointIsTaken() {
    NumberDataPoint.Builder point = point().addExemplars(Exemplar.newBuilder());
    for (int i = 0; i < 70; i++) {
      point.addExemplars(Exemplar.newBuilder().setAsInt(i));
    }

    MetricSplit split = take(splitter, request(RESOURCE, scope(gauge("m", point))), NOW);

    assertThat(split.refusals().total()).isZero();
    assertThat(split.refusals().message()).contains("changed: 2, first: metric: m: exemplar");
    assertThat(split.exemplars()).isEqualTo(63);
  }

  /** The data point's own time where it has none. */
  @Test
  void anExemplarIsTakenInTheWindowOfSamples() {
    long past = 86_400_000;
    NumberDataPoint.Builder point = point();
    for (long millis : new long[] {0, NOW - past, NOW - past - 1, NOW + 600_000, NOW + 600_001}) {
      point.addExemplars(Exemplar.newBuilder().setTimeUnixNano(millis * 1_000_000).setAsInt(1));
    }

    MetricSplit split = take(splitter, request(RESOURCE, scope(gauge("m", point))), NOW);

    assertThat(split.exemplars()).isEqualTo(3);
    assertThat(named(series(split), "m").getFirst().exemplars().stream().map(Example::timeMillis))
        .containsExactly(NOW, NOW - past, NOW + 600_000);
    assertThat(split.refusals().total()).isEqualTo(2);
    assertThat(split.refusals().faults()).isZero();
    assertThat(split.refusals().message()).isEmpty();
  }

  @Test
  void eachBucketHasItsExemplarsWhateverTheirOrder() {
    HistogramDataPoint.Builder point =
        HistogramDataPoint.newBuilder()
            .setTimeUnixNano(NANOS)
            .setCount(3)
            .addAllExplicitBounds(List.of(1.0, 2.0))
            .addAllBucketCounts(List.of(1L, 1L, 1L));
    for (double value : new double[] {9, 2, 1, Double.NEGATIVE_INFINITY, Double.NaN}) {
      point.addExemplars(Exemplar.newBuilder().setAsDouble(value));
    }
    Metric metric =
        Metric.newBuilder()
            .setName("m")
            .setHistogram(
                Histogram.newBuilder().setAggregationTemporality(CUMULATIVE).addDataPoints(point))
            .build();

    Map<String, List<Double>> found = new java.util.TreeMap<>();
    named(split(RESOURCE, scope(metric)), "m_bucket")
        .forEach(
            bucket ->
                found.put(
                    bucket.labels().get("le"),
                    bucket.exemplars().stream().map(Example::value).toList()));
    assertThat(found)
        .isEqualTo(
            Map.of(
                "1", List.of(1.0, Double.NEGATIVE_INFINITY),
                "2", List.of(2.0),
                "+Inf", List.of(9.0, Double.NaN)));
  }
}

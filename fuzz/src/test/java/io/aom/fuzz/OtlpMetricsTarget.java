package io.aom.fuzz;

import io.aom.ingest.intake.Slice;
import io.aom.ingest.otlp.OtlpMetricSplitter;
import io.aom.ingest.otlp.OtlpTranslation;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.otlp.PrometheusNames;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.util.List;

/** OTLP metrics in protobuf. */
final class OtlpMetricsTarget extends SplitTarget {
  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
  private final SeriesTenant tenant = tenant();
  private final OtlpMetricSplitter splitter =
      new OtlpMetricSplitter(
          PARTITIONS,
          LIMITS,
          new OtlpTranslation(
              new PrometheusNames(false, true),
              List.of("k8s.*"),
              List.of(),
              false,
              true,
              false,
              false));

  @Override
  public List<byte[]> seeds() {
    long nanos = NOW * 1_000_000;
    KeyValue attribute = OtlpLogsTarget.attribute("http.route", "/a");
    Metric sum =
        Metric.newBuilder()
            .setName("http.requests")
            .setUnit("{request}")
            .setSum(
                Sum.newBuilder()
                    .setIsMonotonic(true)
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(
                        NumberDataPoint.newBuilder()
                            .setTimeUnixNano(nanos)
                            .setStartTimeUnixNano(nanos - 60_000_000_000L)
                            .setAsInt(7)
                            .addExemplars(Exemplar.newBuilder().setTimeUnixNano(nanos).setAsInt(1))
                            .addAttributes(attribute)))
            .build();
    Metric histogram =
        Metric.newBuilder()
            .setName("latency")
            .setUnit("ms")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(
                        HistogramDataPoint.newBuilder()
                            .setTimeUnixNano(nanos)
                            .setCount(6)
                            .setSum(2.5)
                            .addAllExplicitBounds(List.of(1.0, 2.0))
                            .addAllBucketCounts(List.of(1L, 2L, 3L))
                            .addAttributes(attribute)))
            .build();
    Metric exponential =
        Metric.newBuilder()
            .setName("sizes")
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(
                        ExponentialHistogramDataPoint.newBuilder()
                            .setTimeUnixNano(nanos)
                            .setCount(5)
                            .setScale(12)
                            .setZeroCount(1)
                            .setPositive(
                                ExponentialHistogramDataPoint.Buckets.newBuilder()
                                    .setOffset(-3)
                                    .addAllBucketCounts(List.of(1L, 0L, 3L)))))
            .build();
    Metric summary =
        Metric.newBuilder()
            .setName("old")
            .setSummary(
                Summary.newBuilder()
                    .addDataPoints(
                        SummaryDataPoint.newBuilder()
                            .setTimeUnixNano(nanos)
                            .setCount(2)
                            .addQuantileValues(
                                SummaryDataPoint.ValueAtQuantile.newBuilder()
                                    .setQuantile(0.9)
                                    .setValue(4))))
            .build();
    return List.of(request(sum), request(histogram), request(exponential), request(summary));
  }

  private static byte[] request(Metric metric) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(OtlpLogsTarget.resource())
                .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(metric)))
        .build()
        .toByteArray();
  }

  @Override
  Outcome split(byte[] input) {
    MetricSplit split = splitter.split(tenant, input, 0, input.length, NOW);
    return new Outcome(split.slices(), split.refusals());
  }

  @Override
  void readable(Slice slice) {
    readableSeries(slice);
  }
}

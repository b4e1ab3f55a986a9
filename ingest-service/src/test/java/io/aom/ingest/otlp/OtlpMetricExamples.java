package io.aom.ingest.otlp;

import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.telemetry.otlp.PrometheusNames;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.List;

/** Requests with OTLP metrics. */
final class OtlpMetricExamples {
  static final long NOW = 1_790_000_000_000L;
  static final long NANOS = NOW * 1_000_000;
  static final SliceLimits LIMITS =
      new SliceLimits(1_000_000, 40, 256, 2048, 600_000, 86_400_000L, 128, 65_536);
  static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
  static final AggregationTemporality DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;

  private OtlpMetricExamples() {}

  static OtlpTranslation translation(PrometheusNames names, List<String> promoted) {
    return new OtlpTranslation(names, promoted, List.of(), false, true, false, false);
  }

  static List<Series> named(List<Series> all, String name) {
    return all.stream().filter(s -> name.equals(s.labels().get("__name__"))).toList();
  }

  static double value(Series series) {
    return Double.longBitsToDouble(series.samples().getFirst().valueBits());
  }

  static Metric sum(String name, AggregationTemporality temporality, boolean monotonic) {
    return Metric.newBuilder()
        .setName(name)
        .setSum(
            Sum.newBuilder()
                .setIsMonotonic(monotonic)
                .setAggregationTemporality(temporality)
                .addDataPoints(point().setAsInt(7)))
        .build();
  }

  static Metric gauge(String name, NumberDataPoint.Builder... points) {
    Gauge.Builder gauge = Gauge.newBuilder();
    for (NumberDataPoint.Builder point : points) {
      gauge.addDataPoints(point);
    }
    return Metric.newBuilder().setName(name).setGauge(gauge).build();
  }

  static Metric gauge(String name, String unit) {
    return Metric.newBuilder()
        .setName(name)
        .setUnit(unit)
        .setGauge(Gauge.newBuilder().addDataPoints(point().setAsDouble(0.5)))
        .build();
  }

  static NumberDataPoint.Builder point() {
    return NumberDataPoint.newBuilder()
        .setStartTimeUnixNano(NANOS - 60_000_000_000L)
        .setTimeUnixNano(NANOS);
  }

  static ExportMetricsServiceRequest request(Metric... metrics) {
    AnyValue args =
        AnyValue.newBuilder()
            .setArrayValue(
                ArrayValue.newBuilder()
                    .addValues(AnyValue.newBuilder().setStringValue("java"))
                    .addValues(AnyValue.newBuilder().setStringValue("-jar")))
            .build();
    return request(
        Resource.newBuilder()
            .addAttributes(text("service.name", "cart"))
            .addAttributes(text("service.namespace", "shop"))
            .addAttributes(text("service.instance.id", "pod-1"))
            .addAttributes(text("k8s.pod.name", "cart-1"))
            .addAttributes(text("host.name", "node-1"))
            .addAttributes(KeyValue.newBuilder().setKey("process.command_args").setValue(args))
            .build(),
        ScopeMetrics.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName("scope").setVersion("1.0"))
            .addAllMetrics(List.of(metrics))
            .build());
  }

  static ExportMetricsServiceRequest request(Resource resource, ScopeMetrics... scopes) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder().setResource(resource).addAllScopeMetrics(List.of(scopes)))
        .build();
  }

  static Resource resource(KeyValue... attributes) {
    return Resource.newBuilder().addAllAttributes(List.of(attributes)).build();
  }

  static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  static KeyValue attribute(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }
}

package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.LIMITS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.named;
import static io.aom.ingest.otlp.OtlpMetricExamples.request;
import static io.aom.ingest.otlp.OtlpMetricExamples.resource;
import static io.aom.ingest.otlp.OtlpMetricExamples.text;
import static io.aom.ingest.otlp.OtlpMetricExamples.translation;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.PrometheusMessages;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenantExamples;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.otlp.PrometheusNames;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.List;

/** What becomes of OTLP metrics in Prometheus' words, for tests. */
abstract class OtlpTranslated {
  static final KeyValue CART = text("service.name", "cart");
  static final Resource RESOURCE = resource(CART, text("host.name", "node-1"));
  static final PrometheusNames USUAL = new PrometheusNames(false, true);

  final SeriesTenant tenant =
      SeriesTenantExamples.unbounded(new TenantId("acme"), new SeriesCache(64));

  final OtlpMetricSplitter splitter = splitter(USUAL, "host.name");

  static ScopeMetrics scope(Metric... metrics) {
    return ScopeMetrics.newBuilder()
        .setScope(InstrumentationScope.newBuilder().setName("scope"))
        .addAllMetrics(List.of(metrics))
        .build();
  }

  static OtlpMetricSplitter splitter(PrometheusNames names, String... promoted) {
    return new OtlpMetricSplitter(3, LIMITS, translation(names, List.of(promoted)));
  }

  static OtlpMetricSplitter splitter(OtlpTranslation translation) {
    return new OtlpMetricSplitter(3, LIMITS, translation);
  }

  Series only(String name, Resource resource, ScopeMetrics scope) {
    List<Series> found = named(split(resource, scope), name);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  List<Series> split(Resource resource, ScopeMetrics scope) {
    return split(splitter, resource, scope);
  }

  List<Series> split(OtlpMetricSplitter with, Resource resource, ScopeMetrics scope) {
    MetricSplit split = take(with, request(resource, scope), NOW);
    assertThat(split.refusals().message()).isEmpty();
    return series(split);
  }

  MetricSplit take(OtlpMetricSplitter with, ExportMetricsServiceRequest request, long now) {
    byte[] body = request.toByteArray();
    return with.split(tenant, body, 0, body.length, now);
  }

  static List<Series> series(MetricSplit split) {
    List<Series> all = new ArrayList<>();
    split.slices().forEach(s -> all.addAll(PrometheusMessages.readSecondVersion(s.value())));
    return all;
  }
}

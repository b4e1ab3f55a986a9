package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.CUMULATIVE;
import static io.aom.ingest.otlp.OtlpMetricExamples.DELTA;
import static io.aom.ingest.otlp.OtlpMetricExamples.NANOS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.gauge;
import static io.aom.ingest.otlp.OtlpMetricExamples.named;
import static io.aom.ingest.otlp.OtlpMetricExamples.point;
import static io.aom.ingest.otlp.OtlpMetricExamples.sum;
import static io.aom.ingest.otlp.OtlpMetricExamples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.remotewrite.PrometheusMessages.Meta;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Prometheus' own receiver of OTLP makes of types, units, scopes and starts. */
class OtlpTranslationTest extends OtlpTranslated {
  @Test
  void aSumThatMayFallIsAGaugeByTypeButNotByName() {
    Metric metric = sum("queue.size", CUMULATIVE, false).toBuilder().setUnit("1").build();

    Series series = only("queue_size", RESOURCE, scope(metric));

    assertThat(series.metadata()).isEqualTo(new Meta(2, "", ""));
  }

  @Test
  void everySeriesTellsItsScope() {
    InstrumentationScope named =
        InstrumentationScope.newBuilder()
            .setName("lib")
            .setVersion("2")
            .addAttributes(text("short.name", "l"))
            .addAttributes(text("name", "an attribute loses against the name"))
            .build();
    ScopeMetrics scope =
        ScopeMetrics.newBuilder()
            .setSchemaUrl("https://example.com/1")
            .setScope(named)
            .addMetrics(gauge("m", point().setAsInt(1)))
            .build();

    assertThat(only("m", RESOURCE, scope).labels())
        .containsEntry("otel_scope_name", "lib")
        .containsEntry("otel_scope_version", "2")
        .containsEntry("otel_scope_schema_url", "https://example.com/1")
        .containsEntry("otel_scope_short_name", "l");
    ScopeMetrics nameless =
        scope.toBuilder().setScope(named.toBuilder().clearName().build()).build();
    assertThat(only("m", RESOURCE, nameless).labels().keySet())
        .noneMatch(label -> label.startsWith("otel_scope"));
    assertThat(named(split(RESOURCE, scope), "target_info").getFirst().labels().keySet())
        .noneMatch(label -> label.startsWith("otel_scope"));
  }

  /** Deltas have no type, target_info neither. */
  @Test
  void everySeriesTellsTypeAndUnitIfThatIsSet() {
    OtlpMetricSplitter typed =
        splitter(new OtlpTranslation(USUAL, List.of(), List.of(), false, false, true, false));
    Metric bytes = sum("a", CUMULATIVE, true).toBuilder().setUnit("By/s").build();
    Metric delta = sum("b", DELTA, true).toBuilder().setUnit("By").build();
    Metric gauge = gauge("c", point().addAttributes(text("__type__", "mine")));

    List<Series> series = split(typed, RESOURCE, scope(bytes, delta, gauge));

    assertThat(series)
        .extracting(Series::labels)
        .containsExactlyInAnyOrder(
            Map.of(
                "__name__", "a_bytes_per_second_total",
                "__type__", "counter",
                "__unit__", "bytes_per_second",
                "job", "cart"),
            Map.of("__name__", "b_bytes_total", "__unit__", "bytes", "job", "cart"),
            Map.of("__name__", "c", "__type__", "gauge", "job", "cart"),
            Map.of("__name__", "target_info", "host_name", "node-1", "job", "cart"));
  }

  @Test
  void aStartAfterItsOwnSampleIsNone() {
    Metric metric = gauge("m", point().setStartTimeUnixNano(NANOS + 1_000_000));

    assertThat(only("m", RESOURCE, scope(metric)).samples()).containsExactly(Sample.of(0, NOW));
  }
}

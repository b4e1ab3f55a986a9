package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.LIMITS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.gauge;
import static io.aom.ingest.otlp.OtlpMetricExamples.named;
import static io.aom.ingest.otlp.OtlpMetricExamples.request;
import static io.aom.ingest.otlp.OtlpMetricExamples.resource;
import static io.aom.ingest.otlp.OtlpMetricExamples.text;
import static io.aom.ingest.otlp.OtlpMetricExamples.translation;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.PrometheusMessages;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.ingest.remotewrite.RemoteWriteSplitter;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenantExamples;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.otlp.PrometheusNames;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two senders of the same OTLP metrics, told by cluster and replica. */
class OtlpPairsTest {
  private static final Resource FIRST = of("eu", "a");
  private static final Resource SECOND = of("eu", "b");

  private final SeriesTenant tenant =
      SeriesTenantExamples.unbounded(new TenantId("acme"), new SeriesCache(64));
  private final OtlpMetricSplitter splitter =
      new OtlpMetricSplitter(2, LIMITS, translation(new PrometheusNames(false, true), List.of()));

  @Test
  void theOneHeardFirstIsTakenWithoutItsReplicaUntilItIsSilent() {
    MetricSplit taken = split(FIRST, NOW);
    MetricSplit duplicate = split(SECOND, NOW + 10_000);
    MetricSplit later = split(SECOND, NOW + 40_000);

    assertThat(taken.refusals().total()).isZero();
    assertThat(named(series(taken), "m").getFirst().labels())
        .isEqualTo(Map.of("__name__", "m", "cluster", "eu", "job", "cart"));
    assertThat(named(series(taken), "target_info").getFirst().labels())
        .isEqualTo(
            Map.of(
                "__name__", "target_info",
                "cluster", "eu",
                "host_name", "node-1",
                "job", "cart"));
    assertThat(duplicate.refusals().counts()).isEqualTo(Map.of(RefusalReason.HA_DUPLICATE, 2L));
    assertThat(duplicate.refusals().message()).isEmpty();
    assertThat(duplicate.slices()).isEmpty();
    assertThat(series(later)).isEqualTo(series(taken));
  }

  @Test
  void whatADataPointSaysOfItsSenderCountsAsWell() {
    Resource resource = resource(text("service.name", "cart"));
    MetricSplit taken = split(resource, NOW, point("eu", "a"));
    MetricSplit duplicate = split(resource, NOW, point("eu", "b"));

    assertThat(named(series(taken), "m").getFirst().labels())
        .isEqualTo(Map.of("__name__", "m", "cluster", "eu", "job", "cart"));
    assertThat(duplicate.refusals().counts()).isEqualTo(Map.of(RefusalReason.HA_DUPLICATE, 1L));
  }

  @Test
  void oneLabelAloneIsNoPair() {
    Resource cluster = resource(text("service.name", "cart"), text("cluster", "eu"));
    Resource replica = resource(text("service.name", "cart"), text("__replica__", "b"));

    split(FIRST, NOW);

    assertThat(named(series(split(cluster, NOW)), "m")).hasSize(2);
    assertThat(named(series(split(replica, NOW)), "target_info").getFirst().labels())
        .containsEntry("__replica__", "b");
  }

  @Test
  void clustersBeyondTheLimitAreRefusedWithAReason() {
    split(FIRST, NOW);
    split(of("us", "a"), NOW);

    MetricSplit third = split(of("asia", "a"), NOW);

    assertThat(third.refusals().message())
        .startsWith("too_many_ha_clusters: 2 refused, first: label cluster: asia");
  }

  @Test
  void remoteWriteAndOtlpListenToTheSameOne() {
    split(FIRST, NOW);
    byte[] body =
        PrometheusMessages.firstVersion(
            List.of(
                PrometheusMessages.series(
                    Map.of("__name__", "m", "cluster", "eu", "__replica__", "b"),
                    Sample.of(1, NOW))));

    MetricSplit other = new RemoteWriteSplitter(2, LIMITS).split(tenant, body, 0, body.length, NOW);

    assertThat(other.refusals().counts()).isEqualTo(Map.of(RefusalReason.HA_DUPLICATE, 1L));
  }

  private static Resource of(String cluster, String replica) {
    return resource(
        text("service.name", "cart"),
        text("host.name", "node-1"),
        text("cluster", cluster),
        text("__replica__", replica));
  }

  private static NumberDataPoint.Builder point(String cluster, String replica) {
    return OtlpMetricExamples.point()
        .addAttributes(text("cluster", cluster))
        .addAttributes(text("__replica__", replica));
  }

  private MetricSplit split(Resource resource, long now) {
    return split(resource, now, OtlpMetricExamples.point(), OtlpMetricExamples.point());
  }

  private MetricSplit split(Resource resource, long now, NumberDataPoint.Builder... points) {
    ScopeMetrics scope = ScopeMetrics.newBuilder().addMetrics(gauge("m", points)).build();
    byte[] body = request(resource, scope).toByteArray();
    return splitter.split(tenant, body, 0, body.length, now);
  }

  private static List<Series> series(MetricSplit split) {
    List<Series> all = new ArrayList<>();
    split.slices().forEach(s -> all.addAll(PrometheusMessages.readSecondVersion(s.value())));
    return all;
  }
}

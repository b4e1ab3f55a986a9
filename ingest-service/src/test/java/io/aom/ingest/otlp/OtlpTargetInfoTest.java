package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.NANOS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.gauge;
import static io.aom.ingest.otlp.OtlpMetricExamples.named;
import static io.aom.ingest.otlp.OtlpMetricExamples.point;
import static io.aom.ingest.otlp.OtlpMetricExamples.request;
import static io.aom.ingest.otlp.OtlpMetricExamples.resource;
import static io.aom.ingest.otlp.OtlpMetricExamples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.PrometheusMessages.Meta;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Prometheus' own receiver of OTLP makes of a resource: job, instance and target_info. */
class OtlpTargetInfoTest extends OtlpTranslated {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no namespace               | cart |      | cart      | yes
          a namespace                | cart | shop | shop/cart | yes
          an empty namespace         | cart | ''   | /cart     | yes
          an empty name              | ''   | shop | shop/     | yes
          an empty name alone        | ''   |      |           | no
          a namespace without a name |      | shop |           | no
          neither                    |      |      |           | no
          """)
  void jobIsNameAndNamespace(
      String situation, String name, String namespace, String job, String hasInfo) {
    Resource.Builder resource = Resource.newBuilder().addAttributes(text("host.name", "node-1"));
    if (name != null) {
      resource.addAttributes(text("service.name", name));
    }
    if (namespace != null) {
      resource.addAttributes(text("service.namespace", namespace));
    }

    List<Series> series = split(resource.build(), scope(gauge("m", point())));

    assertThat(named(series, "m").getFirst().labels().get("job")).isEqualTo(job);
    assertThat(named(series, "target_info")).hasSize(hasInfo.equals("yes") ? 1 : 0);
  }

  @Test
  void targetInfoIsWhatIdentityDoesNotTellWhateverIsPromoted() {
    OtlpMetricSplitter promoting = splitter(USUAL, "service.name", "host.name");

    List<Series> series = split(promoting, RESOURCE, scope(gauge("m", point())));

    Series info = named(series, "target_info").getFirst();
    assertThat(info.labels())
        .isEqualTo(Map.of("__name__", "target_info", "job", "cart", "host_name", "node-1"));
    assertThat(info.metadata()).isEqualTo(new Meta(2, "Target metadata", ""));
    assertThat(info.samples()).containsExactly(Sample.of(1, NOW));
    assertThat(named(split(promoting, resource(CART), scope(gauge("m", point()))), "target_info"))
        .isEmpty();
  }

  @Test
  void whatTargetInfoHasNoRoomForIsTold() {
    Resource.Builder resource = Resource.newBuilder().addAttributes(CART);
    for (int i = 0; i < 300; i++) {
      resource.addAttributes(text("k" + i, "v"));
    }

    MetricSplit split = take(splitter, request(resource.build(), scope(gauge("m", point()))), NOW);

    assertThat(named(series(split), "target_info").getFirst().labels())
        .hasSize(39) // one is kept free for an instance
        .containsEntry("job", "cart");
    assertThat(split.refusals().total()).isZero();
    assertThat(split.refusals().message())
        .isEqualTo(
            "changed: 1, first: target_info: 263 attributes of the resource left out (expected: at"
                + " most 40 labels)");
  }

  @Test
  void targetInfoTellsIdentityIfThatIsSet() {
    OtlpMetricSplitter keeping =
        splitter(new OtlpTranslation(USUAL, List.of(), List.of(), true, true, false, false));
    Resource resource =
        resource(
            CART,
            text("service.namespace", "shop"),
            text("service.instance.id", "i"),
            text("host.name", "node-1"));

    assertThat(
            named(split(keeping, resource, scope(gauge("m", point()))), "target_info")
                .getFirst()
                .labels())
        .isEqualTo(
            Map.of(
                "__name__", "target_info",
                "host_name", "node-1",
                "instance", "i",
                "job", "shop/cart",
                "service_instance_id", "i",
                "service_name", "cart",
                "service_namespace", "shop"));
    assertThat(named(split(keeping, resource(CART), scope(gauge("m", point()))), "target_info"))
        .isEmpty();
  }

  @Test
  void targetInfoIsSeenWhereverTheOtherSeriesAre() {
    long lookBack = 300_000;
    List<Long> times = List.of(0L, 60_000L, 100_000L, 500_000L, 740_000L, 3_000_000L);
    NumberDataPoint.Builder[] points =
        times.reversed().stream()
            .map(age -> point().setTimeUnixNano(NANOS - age * 1_000_000))
            .toArray(NumberDataPoint.Builder[]::new);

    List<Series> series = split(RESOURCE, scope(gauge("m", points)));

    List<Sample> seen = named(series, "m").stream().flatMap(one -> one.samples().stream()).toList();
    List<Sample> info = named(series, "target_info").getFirst().samples();
    for (long at = NOW - 3_100_000; at < NOW + 400_000; at += 1_000) {
      assertThat(isSeen(info, at, lookBack)).as("%d", at).isEqualTo(isSeen(seen, at, lookBack));
    }
    assertThat(info.size()).isLessThanOrEqualTo(times.size());
  }

  private static boolean isSeen(List<Sample> samples, long at, long lookBack) {
    return samples.stream().anyMatch(s -> s.timeMillis() <= at && s.timeMillis() > at - lookBack);
  }
}

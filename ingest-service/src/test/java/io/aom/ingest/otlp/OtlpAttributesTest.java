package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.attribute;
import static io.aom.ingest.otlp.OtlpMetricExamples.gauge;
import static io.aom.ingest.otlp.OtlpMetricExamples.named;
import static io.aom.ingest.otlp.OtlpMetricExamples.point;
import static io.aom.ingest.otlp.OtlpMetricExamples.request;
import static io.aom.ingest.otlp.OtlpMetricExamples.resource;
import static io.aom.ingest.otlp.OtlpMetricExamples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.telemetry.otlp.PrometheusNames;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Prometheus' own receiver of OTLP makes of attributes: the labels of series. */
class OtlpAttributesTest extends OtlpTranslated {
  @Test
  void aDataPointWinsOverWhatIsPromotedAndLosesAgainstJobInstanceAndScope() {
    Resource resource =
        resource(CART, text("service.instance.id", "i"), text("host.name", "node-1"));
    NumberDataPoint.Builder point =
        point()
            .addAttributes(text("host.name", "mine"))
            .addAttributes(text("job", "mine"))
            .addAttributes(text("instance", "mine"))
            .addAttributes(text("otel_scope_name", "mine"))
            .addAttributes(text("__name__", "mine"));

    assertThat(only("m", resource, scope(gauge("m", point))).labels())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "__name__", "m",
                "host_name", "mine",
                "instance", "i",
                "job", "cart",
                "otel_scope_name", "scope"));
  }

  @Test
  void anEmptyAttributeIsNoLabelAndDoesNotHideWhatIsPromoted() {
    NumberDataPoint.Builder point =
        point().addAttributes(text("host.name", "")).addAttributes(text("empty", ""));

    assertThat(only("m", RESOURCE, scope(gauge("m", point))).labels())
        .containsEntry("host_name", "node-1")
        .doesNotContainKey("empty");
  }

  @Test
  void whatIsIgnoredIsNotPromoted() {
    OtlpMetricSplitter promoting =
        splitter(
            new OtlpTranslation(
                USUAL, List.of("*"), List.of("host.name", "k8s.*"), false, true, false, false));
    Resource resource =
        resource(CART, text("host.name", "node-1"), text("k8s.pod.name", "p"), text("zone", "a"));

    List<Series> series = split(promoting, resource, scope(gauge("m", point())));

    assertThat(named(series, "m").getFirst().labels())
        .isEqualTo(
            Map.of(
                "__name__", "m",
                "job", "cart",
                "otel_scope_name", "scope",
                "service_name", "cart",
                "zone", "a"));
    assertThat(named(series, "target_info").getFirst().labels())
        .containsEntry("host_name", "node-1")
        .containsEntry("k8s_pod_name", "p");
  }

  /** On other series, as on target_info they are joined in the order of the keys. */
  @Test
  void ofPromotedAttributesWhoseNamesFallTogetherTheLastOneCounts() {
    OtlpMetricSplitter promoting = splitter(USUAL, "*");
    Resource resource =
        resource(
            CART,
            text("a_b", "1"),
            text("a.b", "2"),
            text("x.y", "3"),
            text("x_y", ""),
            text("__name__", "other"));

    List<Series> series = split(promoting, resource, scope(gauge("m", point())));

    assertThat(named(series, "m").getFirst().labels())
        .containsEntry("a_b", "2")
        .doesNotContainKey("x_y");
    assertThat(named(series, "target_info").getFirst().labels())
        .containsEntry("a_b", "2;1")
        .containsEntry("x_y", "3;");
  }

  @Test
  void valuesOfAllTypesAreTexts() {
    AnyValue.Builder list =
        value()
            .setArrayValue(
                ArrayValue.newBuilder()
                    .addValues(value().setStringValue("a\"<\n\u0001"))
                    .addValues(value().setIntValue(1))
                    .addValues(value().setDoubleValue(Double.NaN))
                    .addValues(value())
                    .addValues(value().setBytesValue(ByteString.copyFromUtf8("hi"))));
    AnyValue.Builder map =
        value()
            .setKvlistValue(
                KeyValueList.newBuilder()
                    .addValues(attribute("b", value().setBoolValue(false)))
                    .addValues(attribute("a", list))
                    .addValues(attribute("b", value().setBoolValue(true))));
    NumberDataPoint.Builder point =
        point()
            .addAttributes(attribute("bool", value().setBoolValue(true)))
            .addAttributes(attribute("int", value().setIntValue(-7)))
            .addAttributes(attribute("double", value().setDoubleValue(1.50)))
            .addAttributes(attribute("whole", value().setDoubleValue(2e20)))
            .addAttributes(attribute("large", value().setDoubleValue(1.25e21)))
            .addAttributes(attribute("small", value().setDoubleValue(-1e-7)))
            .addAttributes(attribute("zero", value().setDoubleValue(-0.0)))
            .addAttributes(attribute("bytes", value().setBytesValue(ByteString.copyFromUtf8("hi"))))
            .addAttributes(attribute("list", list))
            .addAttributes(attribute("none", value().setArrayValue(ArrayValue.newBuilder())))
            .addAttributes(attribute("map", map))
            .addAttributes(attribute("nothing", value()));

    assertThat(only("m", resource(), scope(gauge("m", point))).labels())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("__name__", "m"),
                Map.entry("otel_scope_name", "scope"),
                Map.entry("bool", "true"),
                Map.entry("int", "-7"),
                Map.entry("double", "1.5"),
                Map.entry("whole", "200000000000000000000"),
                Map.entry("large", "1.25e+21"),
                Map.entry("small", "-1e-7"),
                Map.entry("zero", "-0"),
                Map.entry("bytes", "aGk="),
                Map.entry("list", "[\"a\\\"<\\n\\u0001\",1,\"NaN\",null,\"aGk=\"]"),
                Map.entry("none", "[]"),
                Map.entry(
                    "map", "{\"a\":[\"a\\\"<\\n\\u0001\",1,\"NaN\",null,\"aGk=\"],\"b\":true}")));
  }

  @Test
  void attributesThatFallTogetherAreJoinedInTheOrderOfTheirKeys() {
    NumberDataPoint.Builder oneWay =
        point()
            .addAttributes(text("a_b", "3"))
            .addAttributes(text("a-b", "1"))
            .addAttributes(text("a.b", "2"))
            .addAttributes(text("x.y", ""))
            .addAttributes(text("x_y", "4"));
    NumberDataPoint.Builder other =
        point()
            .addAttributes(text("x_y", "4"))
            .addAttributes(text("a.b", "2"))
            .addAttributes(text("a_b", "3"))
            .addAttributes(text("x.y", ""))
            .addAttributes(text("a-b", "1"));

    List<Series> series = split(resource(), scope(gauge("m", oneWay), gauge("m", other)));

    assertThat(series)
        .hasSize(2)
        .allSatisfy(
            one ->
                assertThat(one.labels()).containsEntry("a_b", "1;2;3").containsEntry("x_y", "4"));
  }

  @Test
  void attributesWhoseNamesDifferInUnderscoresAreLabelsOfTheirOwn() {
    NumberDataPoint.Builder point =
        point()
            .addAttributes(text("a.b", "1"))
            .addAttributes(text("a..b", "2"))
            .addAttributes(text("_a", "3"))
            .addAttributes(text("key.a", "4"))
            .addAttributes(text("..name..", "5"));

    assertThat(split(resource(), scope(gauge("m", point))).getFirst().labels())
        .containsEntry("__name__", "m")
        .containsEntry("a_b", "1")
        .containsEntry("a__b", "2")
        .containsEntry("key_a", "3;4");
  }

  @Test
  void namesOfAttributesInUtf8StayAsTheyAreAndDoNotFallTogether() {
    NumberDataPoint.Builder point =
        point().addAttributes(text("a.b", "1")).addAttributes(text("a_b", "2"));
    ScopeMetrics scope = scope(gauge("m", point));
    ScopeMetrics attributed =
        scope.toBuilder()
            .setScope(scope.getScope().toBuilder().addAttributes(text("x.y", "3")))
            .build();

    assertThat(
            named(split(splitter(new PrometheusNames(true, true)), resource(), attributed), "m")
                .getFirst()
                .labels())
        .containsEntry("a.b", "1")
        .containsEntry("a_b", "2")
        .containsEntry("otel_scope_x.y", "3");
  }

  @Test
  void anAttributeThatMakesNoLabelRefusesItsDataPointAndIsLeftOutOfAResource() {
    Resource resource = resource(CART, text("host.name", "node-1"), text("..", "x"));
    Metric wrong = gauge("wrong", point().addAttributes(text("__", "x")));

    MetricSplit split = take(splitter, request(resource, scope(wrong, gauge("m", point()))), NOW);

    assertThat(split.refusals().counts()).isEqualTo(Map.of(RefusalReason.INVALID_LABEL, 1L));
    assertThat(split.refusals().message())
        .contains("metric: wrong has an attribute whose key makes no label")
        .contains("resource: an attribute left out");
    assertThat(series(split)).extracting(s -> s.labels().get("__name__")).doesNotContain("wrong");
    assertThat(split.items()).isEqualTo(2);
  }

  @Test
  void attributesBeyondAnyNumberAreNotSortedBeforeTheyAreRefused() {
    NumberDataPoint.Builder many = point();
    for (int i = 0; i < 100_000; i++) {
      many.addAttributes(text("k" + (100_000 - i), "v"));
    }
    Resource.Builder wide = Resource.newBuilder().addAttributes(CART);
    for (int i = 0; i < 100_000; i++) {
      wide.addAttributes(text("same", "v"));
    }

    MetricSplit split =
        take(splitter, request(wide.build(), scope(gauge("m", many), gauge("n", point()))), NOW);

    assertThat(split.refusals().message())
        .contains("metric: m has 100000 attributes (expected: at most 80)");
    assertThat(named(series(split), "n")).hasSize(1);
  }

  private static AnyValue.Builder value() {
    return AnyValue.newBuilder();
  }
}

package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.CUMULATIVE;
import static io.aom.ingest.otlp.OtlpMetricExamples.DELTA;
import static io.aom.ingest.otlp.OtlpMetricExamples.LIMITS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NANOS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.attribute;
import static io.aom.ingest.otlp.OtlpMetricExamples.gauge;
import static io.aom.ingest.otlp.OtlpMetricExamples.named;
import static io.aom.ingest.otlp.OtlpMetricExamples.point;
import static io.aom.ingest.otlp.OtlpMetricExamples.request;
import static io.aom.ingest.otlp.OtlpMetricExamples.resource;
import static io.aom.ingest.otlp.OtlpMetricExamples.sum;
import static io.aom.ingest.otlp.OtlpMetricExamples.text;
import static io.aom.ingest.otlp.OtlpMetricExamples.translation;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.PrometheusMessages;
import io.aom.ingest.remotewrite.PrometheusMessages.Example;
import io.aom.ingest.remotewrite.PrometheusMessages.Meta;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenantExamples;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.otlp.PrometheusNames;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Prometheus' own receiver of OTLP makes of labels, target_info and exemplars. */
class OtlpTranslationTest {
  private static final KeyValue CART = text("service.name", "cart");
  private static final Resource RESOURCE = resource(CART, text("host.name", "node-1"));
  private static final PrometheusNames USUAL = new PrometheusNames(false, true);

  private final SeriesTenant tenant =
      SeriesTenantExamples.unbounded(new TenantId("acme"), new SeriesCache(64));
  private final OtlpMetricSplitter splitter = splitter(USUAL, "host.name");

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

  @Test
  void aStartAfterItsOwnSampleIsNone() {
    Metric metric = gauge("m", point().setStartTimeUnixNano(NANOS + 1_000_000));

    assertThat(only("m", RESOURCE, scope(metric)).samples()).containsExactly(Sample.of(0, NOW));
  }

  private static AnyValue.Builder value() {
    return AnyValue.newBuilder();
  }

  private static ScopeMetrics scope(Metric... metrics) {
    return ScopeMetrics.newBuilder()
        .setScope(InstrumentationScope.newBuilder().setName("scope"))
        .addAllMetrics(List.of(metrics))
        .build();
  }

  private static OtlpMetricSplitter splitter(PrometheusNames names, String... promoted) {
    return new OtlpMetricSplitter(3, LIMITS, translation(names, List.of(promoted)));
  }

  private static OtlpMetricSplitter splitter(OtlpTranslation translation) {
    return new OtlpMetricSplitter(3, LIMITS, translation);
  }

  private Series only(String name, Resource resource, ScopeMetrics scope) {
    List<Series> found = named(split(resource, scope), name);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private List<Series> split(Resource resource, ScopeMetrics scope) {
    return split(splitter, resource, scope);
  }

  private List<Series> split(OtlpMetricSplitter with, Resource resource, ScopeMetrics scope) {
    MetricSplit split = take(with, request(resource, scope), NOW);
    assertThat(split.refusals().message()).isEmpty();
    return series(split);
  }

  private MetricSplit take(OtlpMetricSplitter with, ExportMetricsServiceRequest request, long now) {
    byte[] body = request.toByteArray();
    return with.split(tenant, body, 0, body.length, now);
  }

  private static List<Series> series(MetricSplit split) {
    List<Series> all = new ArrayList<>();
    split.slices().forEach(s -> all.addAll(PrometheusMessages.readSecondVersion(s.value())));
    return all;
  }
}

package io.aom.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import io.aom.identity.Role;
import io.aom.ingest.otlp.OtlpJsonWriter;
import io.aom.ingest.remotewrite.PrometheusMessages;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.telemetry.Topics;
import io.aom.testkit.TestKafka;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * OTLP metrics that are wrong in some way, in protobuf and in JSON, over the wire: the answer says
 * what is wrong, where, and what was expected; it is counted; what stood beside it is in Kafka.
 */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"aom.identity.secret=" + Sender.SECRET, "aom.ingest.max-in-flight=48MB"})
class OtlpBadInputIT {
  private static final TestKafka KAFKA = TestKafka.shared();
  private static final String PATH = "/v1/metrics";
  private static final String JSON = "application/json";
  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;

  private final String tenant = "bad-" + UUID.randomUUID().toString().substring(0, 8);

  @LocalServerPort private int port;

  @DynamicPropertySource
  static void kafka(DynamicPropertyRegistry properties) {
    properties.add("aom.kafka.bootstrap-servers", KAFKA::bootstrapServers);
  }

  @BeforeEach
  void awaitReady() {
    new Sender(port, tenant, Role.AGENT).awaitReady();
  }

  /** A metric that is refused, for which reason and in which words. */
  private record Case(String what, Metric metric, String reason, String message) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static long nanos() {
    return System.currentTimeMillis() * 1_000_000;
  }

  static Stream<Arguments> refused() {
    long millis = System.currentTimeMillis();
    return Stream.of(
            new Case(
                "nested too deep",
                gauge(point().addAttributes(attribute("deep", nested(40)))),
                "nested_too_deep",
                "metric: bad has an attribute that nests too deep"),
            new Case(
                "time in seconds",
                gauge(NumberDataPoint.newBuilder().setTimeUnixNano(millis / 1000)),
                "too_old",
                "nanoseconds since 1970, this looks like seconds"),
            new Case(
                "time in milliseconds",
                gauge(NumberDataPoint.newBuilder().setTimeUnixNano(millis)),
                "too_old",
                "nanoseconds since 1970, this looks like milliseconds"),
            new Case(
                "time in microseconds",
                gauge(NumberDataPoint.newBuilder().setTimeUnixNano(millis * 1000)),
                "too_old",
                "nanoseconds since 1970, this looks like microseconds"),
            new Case(
                "time not set",
                gauge(NumberDataPoint.newBuilder()),
                "too_old",
                "1970-01-01T00:00:00Z (expected: at least 2"),
            new Case(
                "the last time there is",
                gauge(NumberDataPoint.newBuilder().setTimeUnixNano(-1)),
                "too_far_in_future",
                "time: 2554-07-21T23:34:33.709Z (expected: at most 2"),
            new Case(
                "value too long",
                gauge(point().addAttributes(attribute("long", text("v".repeat(3000))))),
                "label_value_too_long",
                "label value: 3000 bytes (expected: at most 2048) in bad"),
            new Case(
                "name too long",
                gauge(point().addAttributes(attribute("n".repeat(300), text("v")))),
                "label_name_too_long",
                "label name: 300 bytes (expected: at most 256) in bad"),
            new Case(
                "no name",
                gauge(point()).toBuilder().setName("").build(),
                "missing_metric_name",
                "metric:  (expected: a name with a letter or digit)"),
            new Case(
                "fewer buckets than bounds",
                histogram(List.of(1.0, 2.0), List.of(1L, 2L)),
                "invalid_histogram",
                "metric: bad with 2 buckets (expected: 3)"),
            new Case(
                "bounds that fall",
                histogram(List.of(2.0, 1.0), List.of(1L, 2L, 3L)),
                "invalid_histogram",
                "metric: bad with the bound 1.0 after 2.0 (expected: bounds that rise)"),
            new Case(
                "bounds that are no numbers",
                histogram(List.of(1.0, Double.NaN), List.of(1L, 2L, 3L)),
                "invalid_histogram",
                "metric: bad with the bound NaN after 1.0 (expected: bounds that rise)"),
            new Case(
                "scale too coarse",
                exponential(exponential().setScale(-20)),
                "invalid_histogram",
                "metric: bad with scale -20 (expected: at least -4)"),
            new Case(
                "bucket beyond 32 bits",
                exponential(
                    exponential()
                        .setCount(2)
                        .setPositive(
                            Buckets.newBuilder()
                                .setOffset(Integer.MAX_VALUE)
                                .addAllBucketCounts(List.of(1L, 1L)))),
                "invalid_histogram",
                "metric: bad with a bucket whose index does not fit into 32 bits"),
            new Case(
                "count that is not that of the buckets",
                exponential(
                    exponential().setCount(5).setPositive(Buckets.newBuilder().addBucketCounts(4))),
                "invalid_histogram",
                "metric: bad with count 5 (expected: 4, as its buckets)"),
            new Case(
                "no temporality",
                Metric.newBuilder()
                    .setName("bad")
                    .setHistogram(Histogram.newBuilder().addDataPoints(classic()))
                    .build(),
                "unsupported_metric",
                "metric: bad has temporality 0 (expected: 1, delta, or 2, cumulative)"))
        .flatMap(one -> Stream.of(Arguments.of(one, false), Arguments.of(one, true)));
  }

  @ParameterizedTest(name = "{0}, JSON: {1}")
  @MethodSource("refused")
  void whatCannotBeTakenIsNamedAndCountedAndTheRestIsKept(Case bad, boolean json) throws Exception {
    long before = refusals(bad.reason());

    HttpResponse<byte[]> answer = send(request(bad.metric()), json);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(rejected(answer, json)).isEqualTo(1);
    assertThat(message(answer, json)).startsWith(bad.reason() + ": 1 refused, first: ");
    assertThat(message(answer, json)).contains(bad.message());
    assertThat(refusals(bad.reason())).isEqualTo(before + 1);
    assertThat(storedNames()).containsExactlyInAnyOrder("first", "last");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void valuesThatAreNoNumbersAreKept(boolean json) throws Exception {
    double[] values = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0};
    List<NumberDataPoint.Builder> points = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      points.add(
          point().setAsDouble(values[i]).addAttributes(attribute("i", text(String.valueOf(i)))));
    }

    HttpResponse<byte[]> answer =
        send(request(gauge(points.toArray(NumberDataPoint.Builder[]::new))), json);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(rejected(answer, json)).isZero();
    for (int i = 0; i < values.length; i++) {
      String number = String.valueOf(i);
      assertThat(stored())
          .filteredOn(series -> number.equals(series.labels().get("i")))
          .flatExtracting(Series::samples)
          .extracting(Sample::valueBits)
          .containsExactly(Double.doubleToRawLongBits(values[i]));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aScaleBeyondAllMeasureIsMadeCoarser(boolean json) throws Exception {
    Metric silly =
        exponential(
            exponential()
                .setScale(Integer.MAX_VALUE)
                .setCount(2)
                .setPositive(
                    Buckets.newBuilder()
                        .setOffset(Integer.MAX_VALUE - 1)
                        .addAllBucketCounts(List.of(1L, 1L))));

    HttpResponse<byte[]> answer = send(request(silly), json);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(rejected(answer, json)).isZero();
    assertThat(storedNames()).containsExactlyInAnyOrder("first", "bad", "last");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatEndsTooEarlyIsRefusedAsAWholeWithThePlace(boolean json) throws Exception {
    byte[] whole = body(request(gauge(point())), json);
    for (int length : new int[] {1, whole.length / 2, whole.length - 1}) {
      long before = refusals("malformed");

      HttpResponse<byte[]> answer = send(Arrays.copyOf(whole, length), json, "");

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(text(answer))
          .containsPattern("body: byte \\d+: ")
          .contains("(expected: an OTLP export request)");
      assertThat(answer.headers().firstValue("Content-Type")).hasValue(type(json));
      assertThat(refusals("malformed")).isEqualTo(before + 1);
    }
    assertThat(stored()).isEmpty();
    unharmed();
  }

  @Test
  void nestingWithoutEndCostsNobodyAStack() throws Exception {
    // Maps within each other.
    byte[] value = {};
    for (int i = 0; i < 5_000; i++) {
      value = field(6, field(1, field(2, value)));
    }
    byte[] attribute =
        field(7, concat(field(1, "deep".getBytes(StandardCharsets.UTF_8)), field(2, value)));
    byte[] time = fixed64(3, nanos());
    byte[] metric =
        concat(
            field(1, "bad".getBytes(StandardCharsets.UTF_8)),
            field(5, field(1, concat(time, attribute))));
    byte[] request = field(1, field(2, field(2, metric)));

    HttpResponse<byte[]> protobuf = send(request, false, "");
    HttpResponse<byte[]> json =
        send(("{\"x\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8), true, "");

    assertThat(protobuf.statusCode()).isEqualTo(200);
    assertThat(message(protobuf, false)).startsWith("nested_too_deep: 1 refused");
    assertThat(json.statusCode()).isEqualTo(400);
    assertThat(text(json)).contains("body: byte ");
    unharmed();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text/plain                  |         | 415 | Content-Type: text/plain (expected: application/x-protobuf or application/json)
          application/grpc            |         | 415 | Content-Type: application/grpc (expected: application/x-protobuf or application/json)
          application/x-protobuf      | br      | 415 | Content-Encoding: br (expected: identity, gzip, zstd)
          application/x-protobuf      | gzip    | 400 | gzip: Not in GZIP format
          application/json            | gzip    | 400 | gzip: Not in GZIP format
          application/x-protobuf      | zstd    | 400 | zstd: Unknown frame descriptor
          """)
  void whatIsNotWhatItsHeadersSayIsRefused(String type, String coding, int status, String message)
      throws Exception {
    HttpResponse<byte[]> answer =
        sender().post(PATH, type, coding == null ? "" : coding, body(request(), false));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(text(answer)).contains(message);
    assertThat(requests(status)).isPositive();
    assertThat(stored()).isEmpty();
    unharmed();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gzipThatEndsEarlyOrIsDamagedIsRefused(boolean json) throws Exception {
    byte[] whole = Sender.gzip(body(request(gauge(point())), json));
    byte[] damaged = whole.clone();
    damaged[damaged.length - 6] ^= 0x55; // of the checksum

    HttpResponse<byte[]> early = send(Arrays.copyOf(whole, whole.length / 2), json, "gzip");
    HttpResponse<byte[]> wrong = send(damaged, json, "gzip");

    assertThat(early.statusCode()).isEqualTo(400);
    assertThat(text(early)).contains("gzip: ");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(text(wrong)).contains("gzip: ");
    assertThat(stored()).isEmpty();
    unharmed();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBombIsRefusedAndOthersAreServedMeanwhile(boolean json) throws Exception {
    byte[] bomb = gzipOfZeros(512);
    assertThat(bomb.length).isLessThan(1 << 20);

    List<HttpResponse<byte[]>> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      answers.add(send(bomb, json, "gzip"));
    }

    assertThat(answers).allMatch(answer -> answer.statusCode() == 413);
    assertThat(text(answers.getFirst())).contains("decoded body: ", "(expected: at most 33554432)");
    unharmed();
  }

  /** What is small on the wire and large for Kafka: each bucket is a series with all its labels. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRequestThatUnfoldsBeyondTheMemoryForAllIsRefused(boolean json) throws Exception {
    HistogramDataPoint.Builder point =
        HistogramDataPoint.newBuilder().setTimeUnixNano(nanos()).setCount(0);
    LongStream.range(0, 100_000).forEach(i -> point.addExplicitBounds(i).addBucketCounts(0));
    point.addBucketCounts(0);
    for (int i = 0; i < 30; i++) {
      point.addAttributes(attribute("label_" + i, text("v")));
    }
    Histogram.Builder histogram = Histogram.newBuilder().setAggregationTemporality(CUMULATIVE);
    for (int i = 0; i < 5; i++) {
      histogram.addDataPoints(point);
    }
    Metric metric = Metric.newBuilder().setName("bad").setHistogram(histogram).build();

    HttpResponse<byte[]> answer = send(Sender.gzip(body(request(metric), json)), json, "gzip");

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(text(answer)).contains("bytes of memory (expected: at most 50331648");
    assertThat(stored()).isEmpty();
    unharmed();
  }

  @Test
  void anEmptyBodyIsAnEmptyRequestInProtobufAndNoneInJson() throws Exception {
    HttpResponse<byte[]> protobuf = send(new byte[0], false, "");
    HttpResponse<byte[]> json = send(new byte[0], true, "");
    HttpResponse<byte[]> object = send("{}".getBytes(StandardCharsets.UTF_8), true, "");

    assertThat(protobuf.statusCode()).isEqualTo(200);
    assertThat(ExportMetricsServiceResponse.parseFrom(protobuf.body()).hasPartialSuccess())
        .isFalse();
    assertThat(json.statusCode()).isEqualTo(400);
    assertThat(text(json)).contains("body: byte 0: body is not an object");
    assertThat(object.statusCode()).isEqualTo(200);
    assertThat(stored()).isEmpty();
  }

  /** Another tenant is served as ever, and no memory for requests is still taken. */
  private void unharmed() throws IOException {
    String other = "good-" + UUID.randomUUID().toString().substring(0, 8);
    HttpResponse<byte[]> answer =
        new Sender(port, other, Role.AGENT).post(PATH, Sender.PROTOBUF, "", body(request(), false));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(rejected(answer, false)).isZero();
    assertThat(KafkaRecords.of(KAFKA.bootstrapServers(), Topics.METRICS, other)).isNotEmpty();
    assertThat(metric("aom_ingest_in_flight_bytes")).isZero();
  }

  private static ExportMetricsServiceRequest request(Metric... bad) {
    ScopeMetrics.Builder metrics = ScopeMetrics.newBuilder();
    metrics.addMetrics(gauge(point()).toBuilder().setName("first"));
    metrics.addAllMetrics(Arrays.asList(bad));
    metrics.addMetrics(gauge(point()).toBuilder().setName("last"));
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(ResourceMetrics.newBuilder().addScopeMetrics(metrics))
        .build();
  }

  private static NumberDataPoint.Builder point() {
    return NumberDataPoint.newBuilder().setTimeUnixNano(nanos()).setAsInt(3);
  }

  private static Metric gauge(NumberDataPoint.Builder... points) {
    Gauge.Builder gauge = Gauge.newBuilder();
    for (NumberDataPoint.Builder point : points) {
      gauge.addDataPoints(point);
    }
    return Metric.newBuilder().setName("bad").setGauge(gauge).build();
  }

  private static HistogramDataPoint.Builder classic() {
    return HistogramDataPoint.newBuilder().setTimeUnixNano(nanos()).setCount(3).setSum(4);
  }

  private static Metric histogram(List<Double> bounds, List<Long> counts) {
    return Metric.newBuilder()
        .setName("bad")
        .setHistogram(
            Histogram.newBuilder()
                .setAggregationTemporality(CUMULATIVE)
                .addDataPoints(classic().addAllExplicitBounds(bounds).addAllBucketCounts(counts)))
        .build();
  }

  private static ExponentialHistogramDataPoint.Builder exponential() {
    return ExponentialHistogramDataPoint.newBuilder().setTimeUnixNano(nanos());
  }

  private static Metric exponential(ExponentialHistogramDataPoint.Builder point) {
    return Metric.newBuilder()
        .setName("bad")
        .setExponentialHistogram(
            ExponentialHistogram.newBuilder()
                .setAggregationTemporality(CUMULATIVE)
                .addDataPoints(point))
        .build();
  }

  private static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  private static AnyValue text(String text) {
    return AnyValue.newBuilder().setStringValue(text).build();
  }

  private static AnyValue nested(int levels) {
    AnyValue value = text("in");
    for (int i = 0; i < levels; i++) {
      value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)).build();
    }
    return value;
  }

  /** A field with a length before it. */
  private static byte[] field(int number, byte[] content) {
    byte[] head = new byte[CodedOutputStream.computeUInt32SizeNoTag(content.length) + 1];
    CodedOutputStream out = CodedOutputStream.newInstance(head);
    try {
      out.writeUInt32NoTag(number << 3 | 2);
      out.writeUInt32NoTag(content.length);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return concat(head, content);
  }

  private static byte[] fixed64(int number, long value) {
    byte[] field = new byte[9];
    field[0] = (byte) (number << 3 | 1);
    for (int i = 0; i < 8; i++) {
      field[1 + i] = (byte) (value >>> 8 * i);
    }
    return field;
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] gzipOfZeros(int mebibytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] zeros = new byte[1 << 20];
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      for (int i = 0; i < mebibytes; i++) {
        gzip.write(zeros);
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] body(ExportMetricsServiceRequest request, boolean json) {
    return json
        ? OtlpJsonWriter.json(request, new Random(1)).getBytes(StandardCharsets.UTF_8)
        : request.toByteArray();
  }

  private static String type(boolean json) {
    return json ? JSON : Sender.PROTOBUF;
  }

  private HttpResponse<byte[]> send(ExportMetricsServiceRequest request, boolean json) {
    return send(body(request, json), json, "");
  }

  private HttpResponse<byte[]> send(byte[] body, boolean json, String coding) {
    return sender().post(PATH, type(json), coding, body);
  }

  private Sender sender() {
    return new Sender(port, tenant, Role.AGENT);
  }

  private static long rejected(HttpResponse<byte[]> answer, boolean json) throws IOException {
    if (!json) {
      return partial(answer).getRejectedDataPoints();
    }
    Matcher found = Pattern.compile("\"rejectedDataPoints\":\"(\\d+)\"").matcher(text(answer));
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  private static String message(HttpResponse<byte[]> answer, boolean json) throws IOException {
    if (!json) {
      return partial(answer).getErrorMessage();
    }
    Matcher found = Pattern.compile("\"errorMessage\":\"([^\"]*)\"").matcher(text(answer));
    return found.find() ? found.group(1) : "";
  }

  private static ExportMetricsPartialSuccess partial(HttpResponse<byte[]> answer)
      throws IOException {
    return ExportMetricsServiceResponse.parseFrom(answer.body()).getPartialSuccess();
  }

  private List<Series> stored() {
    List<Series> stored = new ArrayList<>();
    KafkaRecords.of(KAFKA.bootstrapServers(), Topics.METRICS, tenant)
        .forEach(record -> stored.addAll(PrometheusMessages.readSecondVersion(record.value())));
    return stored;
  }

  private List<String> storedNames() {
    return stored().stream().map(series -> series.labels().get("__name__")).toList();
  }

  private long refusals(String reason) {
    return metric("aom_ingest_refused_items_total{reason=\"" + reason + "\",signal=\"metrics\"}");
  }

  private long requests(int status) {
    String start = "aom_ingest_requests_seconds_count{";
    return text(sender().get("/actuator/prometheus"))
        .lines()
        .filter(line -> line.startsWith(start) && line.contains("\"" + status + "\""))
        .count();
  }

  /** The value of one of the service's own metrics; 0 if it is not there yet. */
  private long metric(String name) {
    return text(sender().get("/actuator/prometheus"))
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}

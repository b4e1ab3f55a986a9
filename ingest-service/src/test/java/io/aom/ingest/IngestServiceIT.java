package io.aom.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.aom.identity.Role;
import io.aom.ingest.remotewrite.PrometheusMessages;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.telemetry.RecordHeaders;
import io.aom.telemetry.Topics;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The whole service over the wire, with real Kafka behind it. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "aom.identity.secret=" + Sender.SECRET)
class IngestServiceIT {
  private static final TestKafka KAFKA = TestKafka.shared();

  @LocalServerPort private int port;

  @DynamicPropertySource
  static void kafka(DynamicPropertyRegistry properties) {
    properties.add("aom.kafka.bootstrap-servers", KAFKA::bootstrapServers);
  }

  @BeforeEach
  void awaitReady() {
    agent("any").awaitReady();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/write", "/api/v1/push", "/prometheus/api/v1/write"})
  void remoteWriteIsInKafkaOnceAnswered(String path) {
    String tenant = "rw1" + path.replaceAll("[^a-z]", "");
    long now = System.currentTimeMillis();
    List<Series> sent = series(50, now);

    HttpResponse<byte[]> answer =
        agent(tenant)
            .post(
                path,
                Sender.PROTOBUF,
                "snappy",
                Sender.snappy(PrometheusMessages.firstVersion(sent)));

    assertThat(answer.statusCode()).isEqualTo(204);
    List<ConsumerRecord<byte[], byte[]>> records = records(Topics.METRICS, tenant);
    assertThat(records.stream().mapToInt(KafkaRecords::items).sum()).isEqualTo(50);
    assertThat(records).allMatch(r -> KafkaRecords.header(r, RecordHeaders.REQUEST).length == 16);
    List<Series> stored = new ArrayList<>();
    records.forEach(r -> stored.addAll(PrometheusMessages.readSecondVersion(r.value())));
    assertThat(stored).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void aRequestSentAgainBearsTheSameDigests() {
    byte[] body =
        Sender.snappy(PrometheusMessages.firstVersion(series(20, System.currentTimeMillis())));
    agent("again").post("/api/v1/write", Sender.PROTOBUF, "snappy", body);
    agent("again").post("/api/v1/write", Sender.PROTOBUF, "snappy", body);

    Map<Integer, List<String>> digests = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records(Topics.METRICS, "again")) {
      digests
          .computeIfAbsent(record.partition(), p -> new ArrayList<>())
          .add(Arrays.toString(KafkaRecords.header(record, RecordHeaders.REQUEST)));
    }

    assertThat(digests).isNotEmpty();
    assertThat(digests.values()).allMatch(d -> d.size() == 2 && d.get(0).equals(d.get(1)));
  }

  @Test
  void remoteWriteTwoSaysWhatItHasWritten() {
    long now = System.currentTimeMillis();
    List<Series> sent = new ArrayList<>(series(3, now));
    sent.add(PrometheusMessages.series(Map.of("__name__", "old"), Sample.of(1, 0)));
    byte[] good = Sender.snappy(PrometheusMessages.secondVersion(sent.subList(0, 3)));
    byte[] partial = Sender.snappy(PrometheusMessages.secondVersion(sent));

    HttpResponse<byte[]> whole = agent("rw2").post("/api/v1/write", Sender.V2, "snappy", good);
    HttpResponse<byte[]> part = agent("rw2").post("/api/v1/write", Sender.V2, "snappy", partial);

    assertThat(whole.statusCode()).isEqualTo(204);
    assertThat(part.statusCode()).isEqualTo(400);
    assertThat(text(part)).contains("too_old");
    for (HttpResponse<byte[]> answer : List.of(whole, part)) {
      assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Samples-Written"))
          .hasValue("3");
      assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Histograms-Written"))
          .hasValue("0");
      assertThat(answer.headers().firstValue("X-Prometheus-Remote-Write-Exemplars-Written"))
          .hasValue("0");
    }
  }

  @ParameterizedTest(name = "{0} {1} {2}: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /api/v1/write | application/x-protobuf;proto=io.prometheus.write.v9.Request | snappy | 415
          /api/v1/write | application/json       | snappy  | 415
          /api/v1/write | application/x-protobuf | br      | 415
          /api/v1/write | application/x-protobuf | snappy  | 400
          /v1/logs      | text/plain             | gzip    | 415
          /v1/logs      | application/x-protobuf | snappy  | 415
          /v1/logs      | application/x-protobuf | gzip    | 400
          /v1/traces    | application/x-protobuf | zstd    | 400
          /v1/traces    | application/x-protobuf | ''      | 400
          """)
  void whatIsNotUnderstoodIsRefused(String path, String type, String coding, int status) {
    byte[] garbage = "{\"not\": \"protobuf\"} \u00ff".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(agent("bad").post(path, type, coding, garbage).statusCode()).isEqualTo(status);
  }

  @Test
  void remoteWriteInGzipIsTakenToo() {
    byte[] body = PrometheusMessages.firstVersion(series(1, System.currentTimeMillis()));

    assertThat(
            agent("gz")
                .post("/api/v1/write", Sender.PROTOBUF, "gzip", Sender.gzip(body))
                .statusCode())
        .isEqualTo(204);
    assertThat(records(Topics.METRICS, "gz")).hasSize(1);
  }

  @Test
  void onlyAgentsMayWrite() {
    Sender viewer = new Sender(port, "acme", Role.VIEWER);

    assertThat(viewer.post("/api/v1/write", Sender.PROTOBUF, "snappy", new byte[0]).statusCode())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/logs", "/otlp/v1/logs"})
  void logsAreInKafkaOnceAnswered(String path) throws Exception {
    String tenant = "logs" + path.length();
    long now = System.currentTimeMillis();
    byte[] body = logs(now, now, 0).toByteArray();

    HttpResponse<byte[]> answer =
        agent(tenant).post(path, Sender.PROTOBUF, "gzip", Sender.gzip(body));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue(Sender.PROTOBUF);
    assertThat(ExportLogsServiceResponse.parseFrom(answer.body()).hasPartialSuccess()).isFalse();
    List<ConsumerRecord<byte[], byte[]>> records = records(Topics.LOGS, tenant);
    assertThat(records).hasSize(1);
    assertThat(KafkaRecords.items(records.getFirst())).isEqualTo(3);
    assertThat(ExportLogsServiceRequest.parseFrom(records.getFirst().value()))
        .isEqualTo(ExportLogsServiceRequest.parseFrom(body));
  }

  @Test
  void logsOutsideTheWindowAreRefusedInAPartialSuccess() throws Exception {
    long now = System.currentTimeMillis();
    byte[] body = logs(now, now + 3_600_000, 1).toByteArray();

    HttpResponse<byte[]> answer = agent("partial").post("/v1/logs", Sender.PROTOBUF, "", body);

    assertThat(answer.statusCode()).isEqualTo(200);
    ExportLogsPartialSuccess partial =
        ExportLogsServiceResponse.parseFrom(answer.body()).getPartialSuccess();
    assertThat(partial.getRejectedLogRecords()).isEqualTo(2);
    assertThat(partial.getErrorMessage()).contains("too_far_in_future", "too_old");
  }

  @Test
  void spansAreInKafkaOnceAnswered() throws Exception {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 1; i <= 20; i++) {
      byte[] trace = new byte[16];
      trace[3] = (byte) i;
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom(trace))
              .setSpanId(ByteString.copyFromUtf8("12345678"))
              .setStartTimeUnixNano(System.currentTimeMillis() * 1_000_000));
    }
    request.addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope));

    HttpResponse<byte[]> answer =
        agent("spans").post("/v1/traces", Sender.PROTOBUF, "", request.build().toByteArray());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(ExportTraceServiceResponse.parseFrom(answer.body()).hasPartialSuccess()).isFalse();
    List<ConsumerRecord<byte[], byte[]>> records = records(Topics.SPANS, "spans");
    assertThat(records.stream().mapToInt(KafkaRecords::items).sum()).isEqualTo(20);
    assertThat(records.stream().map(ConsumerRecord::partition).distinct()).hasSizeGreaterThan(1);
  }

  @Test
  void jsonIsTakenAndAnsweredInJson() throws Exception {
    String body =
        """
        {"resourceLogs": [{"resource": {"attributes": [
            {"key": "service.name", "value": {"stringValue": "cart"}}]},
          "scopeLogs": [{"logRecords": [
            {"timeUnixNano": "%d", "traceId": "5B8EFFF798038103D269B633813FC60C",
             "body": {"stringValue": "hello"}}, {"timeUnixNano": 1}]}]}]}
        """
            .formatted(System.currentTimeMillis() * 1_000_000);

    HttpResponse<byte[]> answer =
        agent("json")
            .post("/v1/logs", "application/json", "", body.getBytes(StandardCharsets.UTF_8));
    HttpResponse<byte[]> bad =
        agent("json").post("/v1/logs", "application/json", "", new byte[] {'{'});

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(text(answer)).contains("\"rejectedLogRecords\":\"1\"", "too_old");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(text(bad)).contains("\"code\":3", "\"message\":\"body: byte ");
    LogRecord stored =
        ExportLogsServiceRequest.parseFrom(records(Topics.LOGS, "json").getFirst().value())
            .getResourceLogs(0)
            .getScopeLogs(0)
            .getLogRecords(0);
    assertThat(stored.getTraceId().size()).isEqualTo(16);
    Await.untilAsserted(
        "the resource on the entities topic",
        () ->
            assertThat(KafkaRecords.of(KAFKA.bootstrapServers(), Topics.ENTITIES, ""))
                .anyMatch(r -> new String(r.value(), StandardCharsets.UTF_8).contains("\"cart\"")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/metrics",
        "/otlp/v1/metrics",
        "/api/v1/otlp/v1/metrics",
        "/prometheus/api/v1/otlp/v1/metrics"
      })
  void otlpMetricsAreInKafkaAsRemoteWrite(String path) {
    String tenant = "otlp" + path.length();
    String body =
        """
        {"resourceMetrics": [{"scopeMetrics": [{"metrics": [
          {"name": "queue.length", "gauge": {"dataPoints": [{"timeUnixNano": "%1$d", "asInt": "3"}]}},
          {"name": "d", "sum": {"dataPoints": [{"timeUnixNano": "%1$d"}]}}
        ]}]}]}
        """
            .formatted(System.currentTimeMillis() * 1_000_000);

    HttpResponse<byte[]> answer =
        agent(tenant).post(path, "application/json", "", body.getBytes(StandardCharsets.UTF_8));

    assertThat(text(answer)).contains("\"rejectedDataPoints\":\"1\"", "unsupported_metric");
    assertThat(
            PrometheusMessages.readSecondVersion(
                records(Topics.METRICS, tenant).getFirst().value()))
        .anyMatch(series -> series.labels().equals(Map.of("__name__", "queue_length")));
  }

  @Test
  void anEmptyRequestIsASuccess() {
    assertThat(agent("empty").post("/v1/logs", Sender.PROTOBUF, "", new byte[0]).statusCode())
        .isEqualTo(200);
    assertThat(
            agent("empty")
                .post("/api/v1/write", Sender.PROTOBUF, "snappy", Sender.snappy(new byte[0]))
                .statusCode())
        .isEqualTo(204);
  }

  @Test
  void aBodyBeyondTheBoundIsRefusedWithAStatusInTheRequestsType() {
    byte[] zeros = Sender.gzip(new byte[33 * 1024 * 1024]);

    HttpResponse<byte[]> answer = agent("big").post("/v1/logs", Sender.PROTOBUF, "gzip", zeros);

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue(Sender.PROTOBUF);
    assertThat(answer.body()[0]).isEqualTo((byte) 0x08); // google.rpc.Status.code
    assertThat(answer.body()[1]).isEqualTo((byte) 8); // RESOURCE_EXHAUSTED
  }

  @Test
  void isReadyOnceTheTopicsAreThere() {
    assertThat(agent("any").get("/actuator/health/readiness").statusCode()).isEqualTo(200);
    assertThat(text(agent("any").get("/actuator/prometheus"))).contains("aom_ingest_");
  }

  private Sender agent(String tenant) {
    return new Sender(port, tenant, Role.AGENT);
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic, String tenant) {
    return KafkaRecords.of(KAFKA.bootstrapServers(), topic, tenant);
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static List<Series> series(int count, long now) {
    List<Series> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, String> labels = new TreeMap<>();
      labels.put("__name__", "node_cpu_seconds_total");
      labels.put("cpu", String.valueOf(i));
      labels.put("job", "node");
      all.add(PrometheusMessages.series(labels, Sample.of(i + 0.5, now)));
    }
    return all;
  }

  private static ExportLogsServiceRequest logs(long first, long second, long third) {
    ScopeLogs.Builder scope = ScopeLogs.newBuilder();
    for (long time : new long[] {first, second, third}) {
      scope.addLogRecords(
          LogRecord.newBuilder()
              .setTimeUnixNano(time == 1 ? 1_000_000 : time * 1_000_000)
              .setBody(AnyValue.newBuilder().setStringValue("line " + time)));
    }
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(ResourceLogs.newBuilder().addScopeLogs(scope))
        .build();
  }
}

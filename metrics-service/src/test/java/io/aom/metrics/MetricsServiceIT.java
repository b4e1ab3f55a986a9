package io.aom.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.RecordHeaders;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.Topics;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import io.aom.testkit.TestOpenSearch;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The service with a real Kafka before and a real OpenSearch behind it. */
class MetricsServiceIT {
  private static final String SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final TenantId ACME = new TenantId("acme");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static KafkaProducer<byte[], byte[]> producer;
  private static ConfigurableApplicationContext service;
  private static long minute;

  @BeforeAll
  static void start() throws Exception {
    String kafka = TestKafka.shared().bootstrapServers();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(Topics.METRICS, 4, (short) 1),
                  new NewTopic(Topics.DEAD_LETTERS, 1, (short) 1)))
          .all()
          .get();
    }
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka, "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    service = run();
    keepDebugForADay();
    minute = System.currentTimeMillis() / 60_000 * 60_000;
    Await.untilAsserted("the service reads its partitions", () -> query("up", ""));
  }

  private static ConfigurableApplicationContext run() {
    return SpringApplication.run(
        MetricsService.class,
        "--server.port=0",
        "--aom.identity.secret=" + SECRET,
        "--aom.kafka.bootstrap-servers=" + TestKafka.shared().bootstrapServers(),
        "--aom.opensearch.urls=" + TestOpenSearch.shared().url(),
        "--aom.blocks.hold=0s");
  }

  @AfterAll
  static void stop() {
    service.close();
    producer.close();
  }

  private static void produce(int partition, RemoteWrite request) throws Exception {
    byte[] digest = new byte[16];
    ThreadLocalRandom.current().nextBytes(digest);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.METRICS, partition, null, request.toByteArray());
    record
        .headers()
        .add(RecordHeaders.TENANT, ACME.value().getBytes(StandardCharsets.UTF_8))
        .add(RecordHeaders.ITEMS, ByteBuffer.allocate(4).putInt(request.items()).array())
        .add(
            RecordHeaders.RECEIVED,
            ByteBuffer.allocate(8).putLong(System.currentTimeMillis()).array())
        .add(RecordHeaders.REQUEST, digest);
    producer.send(record).get();
  }

  private static HttpResponse<String> call(String method, String path, Role role) throws Exception {
    return call(method, path, role, BodyPublishers.noBody());
  }

  private static HttpResponse<String> call(
      String method, String path, Role role, BodyPublisher body) throws Exception {
    int port = ((WebServerApplicationContext) service).getWebServer().getPort();
    String token =
        new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system())
            .mint(new Identity("it", ACME, Set.of(role)));
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header(IdentityTokens.HEADER, token)
            .header("Content-Type", "application/json")
            .method(method, body)
            .build(),
        BodyHandlers.ofString());
  }

  private static String query(String promql, String further) throws Exception {
    HttpResponse<String> answer =
        call(
            "GET",
            "/prometheus/api/v1/query_range?query="
                + URLEncoder.encode(promql, StandardCharsets.UTF_8)
                + "&start="
                + (minute - 600_000) / 1000
                + "&end="
                + minute / 1000
                + "&step=60"
                + further,
            Role.VIEWER);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static String exemplars() throws Exception {
    HttpResponse<String> answer =
        call(
            "GET",
            "/prometheus/api/v1/query_exemplars?query=rate(it_traced_total%5B1m%5D)",
            Role.VIEWER);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static String metadata() throws Exception {
    HttpResponse<String> answer = call("GET", "/prometheus/api/v1/metadata", Role.VIEWER);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static void sealAll() throws Exception {
    Await.untilAsserted(
        "every row is in a block",
        () -> {
          call("POST", "/internal/v1/blocks/seal", Role.SERVICE);
          assertThat(call("GET", "/internal/v1/blocks", Role.SERVICE).body())
              .contains("\"heldRows\":0", "\"heldBytes\":0");
        });
  }

  @Test
  void answersTheSameFromHeadsFromBlocksAndAfterARestart() throws Exception {
    for (int i = 20; i >= 0; i--) {
      for (int partition = 0; partition < 4; partition++) {
        RemoteWrite request = new RemoteWrite();
        for (int s = 0; s < 25; s++) {
          Labels labels =
              Labels.of(
                  "__name__",
                  "it_requests_total",
                  "instance",
                  partition + "-" + s,
                  "job",
                  s % 2 == 0 ? "even" : "odd");
          request.series(labels, minute - i * 60_000L, (20 - i) * 60.0 * (s + 1));
        }
        request.exemplar(
            Labels.of("__name__", "it_traced_total", "partition", "" + partition),
            minute - i * 60_000L,
            i,
            minute - i * 60_000L - 100,
            "trace_id",
            "t" + i);
        // Names of which a field's name could not be made, too.
        request.metadata("it_requests_total", "Requests.").metadata(".it..odd.", "Odd.");
        produce(partition, request);
      }
    }
    String rates = "sum by (job) (rate(it_requests_total[5m]))";

    String fromHeads = query(rates, "&consistency=strong");
    // 4 partitions of 13 even series with 1, 3, ... 25 a second, and 12 odd ones.
    assertThat(fromHeads).contains("\"even\"", "\"676\"", "\"odd\"", "\"624\"");
    assertThat(query("count(it_requests_total)", "")).contains("\"100\"");

    String exemplarsOfHeads = exemplars();
    String metadataOfHeads = metadata();
    assertThat(metadataOfHeads).contains("\"Requests.\"", "\".it..odd.\"", "\"Odd.\"");
    sealAll();
    assertThat(metadata()).isEqualTo(metadataOfHeads);
    produce(3, new RemoteWrite().metadata("it_alone", "Without a sample."));
    Await.untilAsserted(
        "metadata alone", () -> assertThat(metadata()).contains("Without a sample."));
    String metadataOfAll = metadata();
    sealAll();
    assertThat(metadata()).isEqualTo(metadataOfAll);
    assertThat(query(rates, "")).isEqualTo(fromHeads);
    assertThat(query("count(it_requests_total{instance=~\"1-.*\"})", "")).contains("\"25\"");
    assertThat(exemplars()).isEqualTo(exemplarsOfHeads).contains("\"trace_id\":\"t0\"");
    String values =
        call(
                "GET",
                "/prometheus/api/v1/label/job/values?match[]=it_requests_total"
                    .replace("[]", "%5B%5D"),
                Role.VIEWER)
            .body();
    assertThat(values).contains("[\"even\",\"odd\"]");

    service.close();
    service = run();
    Await.untilAsserted(
        "the restarted service answers as before",
        () -> assertThat(query(rates, "&consistency=strong")).isEqualTo(fromHeads));
    assertThat(metadata()).isEqualTo(metadataOfAll);
  }

  /** Before anybody asks for anything, so that it is known at once. */
  private static void keepDebugForADay() throws Exception {
    HttpResponse<String> refused = rule("{__name__=~\\\"it_debug_*\\\"");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("metricRules[0].selector: 1:");
    HttpResponse<String> taken = rule("{__name__=~\\\"it_debug_.*\\\"}");
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
    assertThat(taken.body()).contains("\"name\":\"debug\"", "\"days\":1");
  }

  private static HttpResponse<String> rule(String selector) throws Exception {
    return call(
        "PUT",
        "/api/v1/retention",
        Role.ADMIN,
        BodyPublishers.ofString(
            "{\"days\":{},\"metricRules\":[{\"name\":\"debug\",\"selector\":\""
                + selector
                + "\",\"days\":1}]}"));
  }

  @Test
  void whatARuleNoLongerKeepsIsAnsweredByNobody() throws Exception {
    long old = minute - Duration.ofHours(30).toMillis();
    produce(
        2,
        new RemoteWrite()
            .series(Labels.of("__name__", "it_debug_a"), old, 1, minute, 2)
            .series(Labels.of("__name__", "it_old"), old, 1, minute, 2));
    String debug = "count_over_time(it_debug_a[2d])";

    Await.untilAsserted(
        "the rule is known",
        () ->
            assertThat(query(debug, "&consistency=strong"))
                .contains("\"1\"")
                .doesNotContain("\"2\""));
    assertThat(query("count_over_time(it_old[2d])", "")).contains("\"2\"");
    sealAll();
    assertThat(query(debug, "")).contains("\"1\"").doesNotContain("\"2\"");
    assertThat(query("count_over_time(it_old[2d])", "")).contains("\"2\"");
  }

  @Test
  void aRecordThatIsNoRequestGoesToTheDeadLettersAndTheRestFlowsOn() throws Exception {
    ProducerRecord<byte[], byte[]> broken =
        new ProducerRecord<>(Topics.METRICS, 1, null, new byte[] {(byte) 0xFF, 1, 2});
    broken
        .headers()
        .add(RecordHeaders.TENANT, ACME.value().getBytes(StandardCharsets.UTF_8))
        .add(RecordHeaders.ITEMS, ByteBuffer.allocate(4).putInt(7).array())
        .add(
            RecordHeaders.RECEIVED,
            ByteBuffer.allocate(8).putLong(System.currentTimeMillis()).array());
    producer.send(broken).get();
    produce(1, new RemoteWrite().series(Labels.of("__name__", "it_after_broken"), minute, 42));

    assertThat(query("it_after_broken", "&consistency=strong")).contains("\"42\"");
    String from = Instant.ofEpochMilli(minute - 7_200_000).toString();
    String to = Instant.ofEpochMilli(minute + 7_200_000).toString();
    String ledger =
        call("GET", "/internal/v1/ledger?from=" + from + "&to=" + to, Role.SERVICE).body();
    assertThat(ledger).contains("\"deadLettered\":7");
  }
}

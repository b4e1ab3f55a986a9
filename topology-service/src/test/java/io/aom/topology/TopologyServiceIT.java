package io.aom.topology;

import static io.aom.topology.SpanFixture.MILLI;
import static io.aom.topology.SpanFixture.client;
import static io.aom.topology.SpanFixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.telemetry.RecordHeaders;
import io.aom.telemetry.Topics;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import io.aom.testkit.TestOpenSearch;
import io.aom.topology.SpanFixture.One;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service on real Kafka and OpenSearch, over the wire. */
class TopologyServiceIT {
  private static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int TRACES = 300;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final IdentityTokens TOKENS =
      new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system());

  /** Spans of the test lie in the last minutes, whole milliseconds. */
  private static final Instant BASE =
      Instant.now().minus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.MINUTES);

  private static ConfigurableApplicationContext service;

  @BeforeAll
  static void start() throws Exception {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", TestKafka.shared().bootstrapServers()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(Topics.SPANS, 4, (short) 1),
                  new NewTopic(Topics.DEAD_LETTERS, 1, (short) 1)))
          .all()
          .get();
    }
    service = run();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static ConfigurableApplicationContext run() {
    return SpringApplication.run(
        TopologyService.class,
        "--server.port=0",
        "--aom.kafka.bootstrap-servers=" + TestKafka.shared().bootstrapServers(),
        "--aom.opensearch.urls=" + TestOpenSearch.shared().url(),
        "--aom.identity.secret=" + SECRET,
        "--aom.blocks.hold=0s",
        // The spans are of one day that goes by.
        "--aom.blocks.retention=36500d");
  }

  @Test
  void answersStayTheSameFromHeadToBlockAndThroughARestart() throws Exception {
    produce();

    Await.untilAsserted("spans are in the head", () -> checkAnswers());
    post("/internal/v1/blocks/seal");
    Await.until(
        "segments are blocks",
        () -> get("/internal/v1/blocks", Role.SERVICE).path("heldRows").asLong() == 0);
    Await.untilAsserted("spans are in blocks", () -> checkAnswers());

    service.close();
    service = run();
    Await.untilAsserted("spans are there after a restart", () -> checkAnswers());

    produce();
    Await.untilAsserted(
        "the same requests again change nothing",
        () -> {
          assertThat(read("/api/v1/spans/count?" + window() + "&consistency=strong"))
              .isEqualTo("{\"value\":" + 4 * TRACES + ",\"exact\":true}");
          checkAnswers();
        });
  }

  private void checkAnswers() {
    JsonNode count = get("/api/v1/spans/count?" + window(), Role.VIEWER);
    assertThat(count.path("value").asInt()).isEqualTo(4 * TRACES);
    assertThat(count.path("exact").asBoolean()).isTrue();

    String id = "0000000000000007" + "%016x".formatted(5);
    JsonNode trace = get("/api/v1/traces/" + id, Role.VIEWER);
    assertThat(trace.path("partial").asBoolean()).isFalse();
    assertThat(trace.path("spans")).hasSize(4);
    JsonNode root = trace.path("spans").path(0);
    assertThat(root.path("service").asString()).isEqualTo("front");
    assertThat(root.path("kind").asString()).isEqualTo("SERVER");
    assertThat(root.has("parentSpanId")).isFalse();
    assertThat(root.path("startUnixNano").asString()).isEqualTo(Long.toString(start(5)));

    JsonNode list = get("/api/v1/traces?service=cart&limit=10&" + window(), Role.VIEWER);
    assertThat(list.path("traces")).hasSize(10);
    assertThat(list.path("traces").path(0).path("spanCount").asInt()).isEqualTo(4);
    assertThat(list.path("traces").path(0).path("rootOperation").asString())
        .isEqualTo("GET /front");
    assertThat(list.path("cursor").asString()).isNotEmpty();
    assertThat(list.path("freshness").path("completeUntil").asString()).isNotEmpty();

    JsonNode services = get("/api/v1/services?" + window(), Role.VIEWER).path("services");
    assertThat(services.valueStream().map(s -> s.path("name").asString() + s.path("calls")))
        .containsExactly("cart" + TRACES, "front" + TRACES);

    JsonNode edges = get("/api/v1/topology?" + window(), Role.VIEWER).path("edges");
    assertThat(
            edges
                .valueStream()
                .map(
                    e ->
                        e.path("caller").asString()
                            + ">"
                            + e.path("callee").asString()
                            + "="
                            + e.path("calls")))
        .containsExactly("cart>database:redis/cache=" + TRACES, "front>cart=" + TRACES);
  }

  private static long start(long trace) {
    return BASE.toEpochMilli() * MILLI + trace * MILLI;
  }

  /** Client and server come in different requests, as they do from different processes. */
  private static void produce() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", TestKafka.shared().bootstrapServers(), "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int partition = 0; partition < 4; partition++) {
        List<One> front = new ArrayList<>();
        List<One> cart = new ArrayList<>();
        for (long trace = partition; trace < TRACES; trace += 4) {
          long at = start(trace);
          front.add(server("front", trace, 1).start(at, 9 * MILLI));
          front.add(client("front", trace, 2).parent(1).start(at + MILLI, 5 * MILLI));
          cart.add(server("cart", trace, 3).parent(2).start(at + 2 * MILLI, 3 * MILLI));
          cart.add(
              client("cart", trace, 4)
                  .parent(3)
                  .start(at + 2 * MILLI, MILLI)
                  .attribute("db.system.name", "redis")
                  .attribute("server.address", "cache"));
        }
        send(producer, partition, front, partition);
        send(producer, partition, cart, 100 + partition);
      }
      producer.flush();
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, int partition, List<One> spans, long request)
      throws Exception {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.SPANS, partition, null, SpanFixture.request(spans));
    record
        .headers()
        .add(RecordHeaders.TENANT, "acme".getBytes(StandardCharsets.UTF_8))
        .add(RecordHeaders.ITEMS, ByteBuffer.allocate(4).putInt(spans.size()).array())
        .add(
            RecordHeaders.RECEIVED,
            ByteBuffer.allocate(8).putLong(System.currentTimeMillis()).array())
        .add(RecordHeaders.REQUEST, ByteBuffer.allocate(16).putLong(request).putLong(1).array());
    producer.send(record).get();
  }

  private static String window() {
    return "start=" + BASE.toEpochMilli() + "&end=" + BASE.plusSeconds(60);
  }

  private static JsonNode get(String path, Role role) {
    return JSON.readTree(read(path, role));
  }

  private static String read(String path) {
    return read(path, Role.VIEWER);
  }

  private static String read(String path, Role role) {
    HttpResponse<String> response = send(request(path, role).GET().build());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private static void post(String path) {
    HttpResponse<String> response =
        send(request(path, Role.SERVICE).POST(HttpRequest.BodyPublishers.noBody()).build());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  private static HttpRequest.Builder request(String path, Role role) {
    String port = service.getEnvironment().getProperty("local.server.port");
    Identity identity = new Identity("test", SpanFixture.TENANT, Set.of(role));
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header(IdentityTokens.HEADER, TOKENS.mint(identity));
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

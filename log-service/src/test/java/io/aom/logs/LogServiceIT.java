package io.aom.logs;

import static io.aom.logs.LogFixtures.START;
import static io.aom.logs.LogFixtures.line;
import static io.aom.logs.LogFixtures.request;
import static io.aom.logs.LogFixtures.resourceLogs;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.telemetry.RecordHeaders;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.Topics;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import io.aom.testkit.TestOpenSearch;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log service on a real Kafka and a real OpenSearch. */
class LogServiceIT {
  private static final int PARTITIONS = 4;
  private static final String WINDOW =
      "\"start\":" + START + ",\"end\":" + (START + 3_600_000) + ",\"consistency\":\"strong\"";

  private final TestKafka kafka = TestKafka.shared();
  private final TestOpenSearch openSearch = TestOpenSearch.shared();
  private final TenantId tenant = new TenantId("t" + Math.abs(new Random().nextInt()));
  private final Random random = new Random(7);
  private KafkaProducer<byte[], byte[]> producer;
  private ConfigurableApplicationContext service;
  private LogClient client;

  @BeforeEach
  void start() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      for (String topic : List.of(Topics.LOGS, Topics.DEAD_LETTERS)) {
        try {
          int partitions = topic.equals(Topics.LOGS) ? PARTITIONS : 1;
          admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
        }
      }
    }
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    startService();
  }

  private void startService() {
    service =
        new SpringApplicationBuilder(LogService.class)
            .run(
                "--server.port=0",
                "--aom.identity.secret=" + LogClient.SECRET,
                "--aom.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--aom.opensearch.urls=" + openSearch.url(),
                "--aom.blocks.hold=0s",
                // The rows are of one day that goes by.
                "--aom.blocks.retention=36500d");
    int port = ((ServletWebServerApplicationContext) service).getWebServer().getPort();
    client = new LogClient(port, tenant);
    Await.untilAsserted(
        "ready", () -> assertThat(client.get("/actuator/health/readiness")).isNotNull());
  }

  @AfterEach
  void stop() {
    service.close();
    producer.close();
  }

  private void send(int partition, byte[] value, int items) throws Exception {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.LOGS, partition, null, value);
    byte[] digest = new byte[16];
    random.nextBytes(digest);
    ByteBuffer.wrap(digest).putLong(System.nanoTime());
    record
        .headers()
        .add(RecordHeaders.TENANT, tenant.value().getBytes(StandardCharsets.UTF_8))
        .add(RecordHeaders.ITEMS, ByteBuffer.allocate(4).putInt(items).array())
        .add(
            RecordHeaders.RECEIVED,
            ByteBuffer.allocate(8).putLong(System.currentTimeMillis()).array())
        .add(RecordHeaders.REQUEST, digest);
    producer.send(record).get();
  }

  private void sendLines(int records, int linesEach, String words) throws Exception {
    for (int i = 0; i < records; i++) {
      LogRecord[] lines = new LogRecord[linesEach];
      for (int j = 0; j < linesEach; j++) {
        lines[j] =
            line(
                START + random.nextInt(600_000),
                words + " " + i + " " + LogFixtures.words(random, 5));
      }
      send(
          i % PARTITIONS,
          request(resourceLogs(i % 2 == 0 ? "cart" : "checkout", lines)),
          linesEach);
    }
  }

  private void sealAll() {
    Await.untilAsserted(
        "all rows in blocks",
        () -> {
          client.internal("POST", "/blocks/seal");
          JsonNode status = JsonMapper.shared().readTree(client.internal("GET", "/blocks"));
          assertThat(status.at("/heldRows").asLong()).isZero();
        });
  }

  private JsonNode search(String more) throws Exception {
    return client.post("/api/v1/logs/search", "{" + WINDOW + "," + more + "}");
  }

  @Test
  void headsAndBlocksGiveTheSameAnswer() throws Exception {
    sendLines(40, 50, "first");
    List<String> queries =
        List.of(
            "\"query\":\"\",\"limit\":5000",
            "\"query\":\"first AND (timeout OR größe)\",\"limit\":5000",
            "\"query\":\"错误 NOT user\",\"limit\":20,\"order\":\"asc\"",
            "\"query\":\"time*\",\"filters\":{\"service.name\":[\"cart\"]},\"limit\":1",
            "\"query\":\"severity:>=warn\",\"limit\":10",
            "\"query\":\"absent\",\"limit\":10");
    List<String> fromHeads = new ArrayList<>();
    for (String query : queries) {
      JsonNode answer = search(query);
      assertThat(answer.at("/total/exact").asBoolean()).isTrue();
      assertThat(answer.at("/partial").asBoolean()).isFalse();
      fromHeads.add(answer.at("/rows") + " " + answer.at("/total"));
    }
    assertThat(search("\"limit\":1").at("/total/value").asLong()).isEqualTo(2000);
    String histogram =
        client.post("/api/v1/logs/histogram", "{" + WINDOW + "}").at("/buckets").toString();

    sealAll();

    for (int i = 0; i < queries.size(); i++) {
      JsonNode answer = search(queries.get(i));
      assertThat(answer.at("/rows") + " " + answer.at("/total"))
          .as(queries.get(i))
          .isEqualTo(fromHeads.get(i));
    }
    assertThat(client.post("/api/v1/logs/histogram", "{" + WINDOW + "}").at("/buckets").toString())
        .isEqualTo(histogram);
  }

  @Test
  void pagesMissAndRepeatNothingWhileBlocksMoveAndNewRowsArrive() throws Exception {
    sendLines(20, 30, "paged");
    sealAll();
    sendLines(20, 30, "paged");
    List<String> rows = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    do {
      JsonNode page =
          search(
              "\"query\":\"paged\",\"limit\":97"
                  + (cursor.isEmpty() ? "" : ",\"cursor\":\"" + cursor + "\""));
      page.at("/rows").forEach(row -> rows.add(row.toString()));
      cursor = page.at("/cursor").isNull() ? "" : page.at("/cursor").asString();
      if (++pages == 3) {
        LogRecord[] newest = {line(START + 900_000, "paged newest")};
        send(1, request(resourceLogs("cart", newest)), 1);
        sealAll();
      }
    } while (!cursor.isEmpty());

    assertThat(rows).hasSize(1200).noneMatch(row -> row.contains("newest"));
    assertThat(new HashSet<>(rows)).hasSizeGreaterThan(1100);
    assertThat(search("\"query\":\"paged\",\"limit\":1").at("/total/value").asLong())
        .isEqualTo(1201);
  }

  @Test
  void aRestartLosesAndRepeatsNothing() throws Exception {
    sendLines(8, 25, "kept");
    assertThat(search("\"limit\":1").at("/total/value").asLong()).isEqualTo(200);

    service.close();
    sendLines(4, 25, "kept");
    startService();

    assertThat(search("\"query\":\"kept\",\"limit\":1").at("/total/value").asLong()).isEqualTo(300);
  }

  @Test
  void withOpenSearchKilledTheNewestRowsAreFoundAndThePagesGoOnOnceItIsBack() throws Exception {
    sendLines(8, 25, "stored");
    sealAll();
    JsonNode page;
    openSearch.kill();
    try {
      LogRecord[] since = {
        line(START + 300_000, "since 1"), line(START + 300_001, "since 2"),
      };
      send(1, request(resourceLogs("cart", since)), since.length);
      page = search("\"limit\":5000");
      JsonNode histogram = client.post("/api/v1/logs/histogram", "{" + WINDOW + "}");

      assertThat(page.at("/rows"))
          .extracting(row -> row.at("/body").asString())
          .containsExactly("since 2", "since 1");
      assertThat(page.at("/partial").asBoolean()).isTrue();
      assertThat(page.at("/missing/0").asString()).startsWith("stored data of ");
      assertThat(page.at("/total/exact").asBoolean()).isFalse();
      assertThat(histogram.at("/partial").asBoolean()).isTrue();
      assertThat(histogram.at("/total/value").asLong()).isEqualTo(2);
    } finally {
      openSearch.restart();
    }
    JsonNode whole =
        Await.get(
            "a whole answer",
            Duration.ofMinutes(1),
            () -> {
              JsonNode answer = search("\"limit\":5000");
              return answer.at("/partial").asBoolean() ? null : answer;
            });
    assertThat(whole.at("/rows")).hasSize(202);
    assertThat(whole.at("/total").toString()).isEqualTo("{\"value\":202,\"exact\":true}");

    JsonNode last = page.at("/rows/1");
    List<String> behind = new ArrayList<>();
    boolean after = false;
    for (JsonNode row : whole.at("/rows")) {
      if (after) {
        behind.add(row.toString());
      }
      after |= row.equals(last);
    }
    JsonNode next = search("\"limit\":5000,\"cursor\":\"" + page.at("/cursor").asString() + "\"");
    assertThat(next.at("/rows").valueStream().map(JsonNode::toString))
        .isEqualTo(behind)
        .isNotEmpty();
    assertThat(next.at("/total").toString()).isEqualTo("{\"value\":202,\"exact\":true}");
  }

  @Test
  void aRecordThatCannotBeDecodedStopsNothing() throws Exception {
    send(0, new byte[] {0x0A, 0x7F, 1, 2, 3}, 3);
    send(0, request(resourceLogs("cart", line(START, "after it"))), 1);

    assertThat(search("\"query\":\"after\",\"limit\":1").at("/total/value").asLong()).isEqualTo(1);
    JsonNode ledger =
        JsonMapper.shared()
            .readTree(
                client.internal(
                    "GET", "/ledger?from=0&to=" + (System.currentTimeMillis() + 3_600_000)));
    long dead = 0;
    for (JsonNode row : ledger.at("/rows")) {
      if (row.at("/tenant").asString().equals(tenant.value())) {
        dead += row.at("/deadLettered").asLong();
      }
    }
    assertThat(dead).isEqualTo(3);
  }
}

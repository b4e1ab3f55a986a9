package io.aom.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.aom.identity.Role;
import io.aom.ingest.ledger.RefusalLedger;
import io.aom.ingest.remotewrite.PrometheusMessages;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import io.aom.testkit.TestOpenSearch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ledger over the wire, with real Kafka and OpenSearch; the services behind are stood in for.
 */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "aom.identity.secret=" + Sender.SECRET)
class LedgerIT {
  private static final Instant HOUR = Instant.now().truncatedTo(ChronoUnit.HOURS);
  private static final HttpServer METRICS = service();

  @LocalServerPort private int port;
  @Autowired private RefusalLedger refusals;

  @DynamicPropertySource
  static void addresses(DynamicPropertyRegistry properties) {
    properties.add("aom.kafka.bootstrap-servers", TestKafka.shared()::bootstrapServers);
    properties.add("aom.opensearch.urls", TestOpenSearch.shared()::url);
    properties.add(
        "aom.services.metrics", () -> "http://127.0.0.1:" + METRICS.getAddress().getPort());
    properties.add("aom.services.log", () -> "http://127.0.0.1:1");
    properties.add("aom.services.topology", () -> "http://127.0.0.1:1");
  }

  @AfterAll
  static void end() {
    METRICS.stop(0);
  }

  @Test
  void tellsWhatWasRefusedAndWhatTheServicesSay() {
    byte[] body =
        PrometheusMessages.firstVersion(
            List.of(PrometheusMessages.series(Map.of("__name__", "old"), Sample.of(1, 0))));
    Await.untilAsserted(
        "a refusal",
        () ->
            assertThat(
                    new Sender(port, "ledger", Role.AGENT)
                        .post("/api/v1/write", Sender.PROTOBUF, "snappy", Sender.snappy(body))
                        .statusCode())
                .isEqualTo(400));

    JsonNode ledger = ledger("ledger", "");

    assertThat(ledger.path("partial").booleanValue()).isTrue();
    assertThat(ledger.path("missing").valueStream().map(JsonNode::asString))
        .as("two services do not answer")
        .satisfiesExactlyInAnyOrder(
            one -> assertThat(one).startsWith("logs: all accounts"),
            one -> assertThat(one).startsWith("spans: all accounts"));
    assertThat(ledger.path("freshness").path("metrics").isString()).isTrue();
    JsonNode row =
        ledger
            .path("rows")
            .valueStream()
            .filter(r -> r.path("refused").has("too_old"))
            .findFirst()
            .orElseThrow();
    assertThat(row.path("tenant").asString()).isEqualTo("ledger");
    assertThat(row.path("signal").asString()).isEqualTo("metrics");
    assertThat(ledger.path("rows").valueStream().mapToLong(r -> r.path("accepted").asLong()).sum())
        .isEqualTo(12);
    refusals.flush();
    RefusalLedger.Answer kept =
        refusals.read(HOUR.toEpochMilli(), HOUR.plus(2, ChronoUnit.HOURS).toEpochMilli());
    assertThat(kept.documents()).isEqualTo(RefusalLedger.Documents.READ);
    assertThat(kept.rows()).anyMatch(r -> r.tenant().equals("ledger"));
  }

  @Test
  void anotherTenantsLedgerIsForAdmins() {
    assertThat(
            new Sender(port, "nosy", Role.VIEWER).get("/api/v1/ledger?tenant=ledger").statusCode())
        .isEqualTo(403);
    assertThat(ledger("nosy", "").path("rows").size()).isZero();
    assertThat(
            new Sender(port, "nosy", Role.ADMIN).get("/api/v1/ledger?tenant=ledger").statusCode())
        .isEqualTo(200);
  }

  private JsonNode ledger(String tenant, String query) {
    var answer = new Sender(port, tenant, Role.VIEWER).get("/api/v1/ledger" + query);
    assertThat(answer.statusCode()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private static HttpServer service() {
    String answer =
        """
        {"rows": [
          {"tenant": "ledger", "hour": "%s", "accepted": 12, "stored": 7, "inHead": 5,
           "deadLettered": 0, "duplicate": 0},
          {"tenant": "other", "hour": "%s", "accepted": 99, "stored": 99, "inHead": 0,
           "deadLettered": 0, "duplicate": 0}],
         "freshness": {"completeUntil": "%s"}, "partial": false}
        """
            .formatted(HOUR, HOUR, HOUR);
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/internal/v1/ledger",
          exchange -> {
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

package io.aom.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aom.alarm.notify.TestWebhook;
import io.aom.alarm.notify.TestWebhook.Behaviour;
import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import io.aom.testkit.TestOpenSearch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole service with real OpenSearch and a real receiver. What metrics-service would say is
 * played by a server that speaks its API; the two together are tested end to end elsewhere.
 */
class AlarmServiceIT {
  private static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final String HOLDS =
      "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
          + "{\"metric\":{\"host\":\"h1\"},\"value\":[1,\"7\"]}]}}";
  private static final String GONE =
      "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";
  private static final String PARTIAL =
      "{\"status\":\"success\",\"partial\":true,"
          + "\"data\":{\"resultType\":\"vector\",\"result\":[]}}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final IdentityTokens tokens =
      new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system());
  private TenantId tenant;
  private HttpServer metrics;
  private TestWebhook webhook;
  private ConfigurableApplicationContext service;
  private volatile String answer = GONE;
  private volatile int asked;

  @BeforeEach
  void start() throws IOException {
    tenant = new TenantId("t" + System.nanoTime());
    metrics = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    metrics.createContext("/prometheus/api/v1/query", this::metricsAnswer);
    metrics.start();
    webhook = new TestWebhook();
    service = service();
  }

  @AfterEach
  void stop() {
    service.close();
    webhook.close();
    metrics.stop(0);
  }

  private void metricsAnswer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = answer.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      asked++;
    }
  }

  private ConfigurableApplicationContext service() {
    return SpringApplication.run(
        AlarmService.class,
        "--server.port=0",
        "--aom.identity.secret=" + SECRET,
        "--aom.opensearch.urls=" + TestOpenSearch.shared().url(),
        "--aom.services.metrics=http://127.0.0.1:" + metrics.getAddress().getPort(),
        "--aom.alarm.evaluation.settle=50ms",
        "--aom.alarm.evaluation.refresh=1s",
        "--aom.alarm.webhook.allowed-networks=127.0.0.0/8",
        // So long that a busy machine does not make the receiver one that is told twice.
        "--aom.alarm.webhook.timeout=5s",
        "--aom.alarm.webhook.first-retry=100ms",
        "--aom.alarm.webhook.longest-retry=500ms");
  }

  private JsonNode call(String method, String path, String body, int status) throws Exception {
    int port = ((ServletWebServerApplicationContext) service).getWebServer().getPort();
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header(
                    IdentityTokens.HEADER,
                    tokens.mint(new Identity("key-1", tenant, Set.of(Role.EDITOR))))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return JsonMapper.shared().readTree(response.body().isEmpty() ? "{}" : response.body());
  }

  private JsonNode createRule(int forSeconds) throws Exception {
    Map<String, Object> rule =
        Map.of(
            "name",
            "Too slow",
            "condition",
            Map.of("promql", "latency > 1"),
            "forSeconds",
            forSeconds,
            "intervalSeconds",
            1,
            "severity",
            "critical",
            "receivers",
            new Object[] {Map.of("type", "webhook", "url", webhook.url())});
    return call("POST", "/api/v1/alarm-rules", JsonMapper.shared().writeValueAsString(rule), 201);
  }

  private JsonNode alarms(String query) throws Exception {
    return call("GET", "/api/v1/alarms" + query, "", 200).path("alarms");
  }

  private static String statusOf(TestWebhook.Call call) {
    return JsonMapper.shared().readTree(call.body()).path("status").asString();
  }

  @Test
  void isReadyOnceTheIndicesAreThere() {
    int port = ((ServletWebServerApplicationContext) service).getWebServer().getPort();
    URI readiness = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");

    Await.untilAsserted(
        "ready",
        () ->
            assertThat(
                    http.send(
                            HttpRequest.newBuilder(readiness).build(),
                            HttpResponse.BodyHandlers.ofString())
                        .body())
                .isEqualTo("{\"status\":\"UP\"}"));
  }

  @Test
  void anAlarmFiresIsToldAndResolves() throws Exception {
    createRule(0);
    answer = HOLDS;
    Await.until("the receiver is told that it fires", () -> webhook.calls().size() == 1);
    assertThat(statusOf(webhook.calls().getFirst())).isEqualTo("firing");
    JsonNode firing = alarms("?state=firing");
    assertThat(firing).hasSize(1);
    assertThat(firing.path(0).path("labels").path("host").asString()).isEqualTo("h1");
    assertThat(firing.path(0).path("value").asDouble()).isEqualTo(7);

    answer = PARTIAL;
    int before = asked;
    Await.until("partial answers were given", () -> asked > before + 4);
    assertThat(alarms("?state=firing")).hasSize(1);

    answer = GONE;
    Await.until("the receiver is told that it is over", () -> webhook.calls().size() == 2);
    assertThat(statusOf(webhook.calls().getLast())).isEqualTo("resolved");
    assertThat(alarms("?state=resolved").path(0).path("history")).hasSize(3);
    assertThat(
            call("GET", "/api/v1/alarms/" + firing.path(0).path("id").asString(), "", 200)
                .path("resolvedAt")
                .isNull())
        .isFalse();
  }

  @Test
  void pendingSinceSurvivesARestart() throws Exception {
    answer = HOLDS;
    createRule(4);
    Await.until("it is pending", () -> alarmCount("?state=pending") == 1);
    String startedAt = alarms("").path(0).path("startedAt").asString();

    service.close();
    service = service();

    Await.until("it fires", () -> alarmCount("?state=firing") == 1);
    assertThat(alarms("").path(0).path("startedAt").asString()).isEqualTo(startedAt);
    Await.until("the receiver is told once", () -> webhook.calls().size() == 1);
  }

  @Test
  void whatCouldNotBeToldIsToldAfterARestart() throws Exception {
    webhook.behave(Behaviour.HANG);
    answer = HOLDS;
    createRule(0);
    Await.until("the receiver was tried", () -> !webhook.calls().isEmpty());
    service.close();
    webhook.behave(Behaviour.ACCEPT);
    String key = webhook.calls().getFirst().idempotencyKey();
    int before = webhook.calls().size();

    service = service();

    Await.until("the receiver is told", () -> webhook.calls().size() > before);
    assertThat(webhook.calls().getLast().idempotencyKey()).isEqualTo(key);
  }

  @Test
  void deletingARuleResolvesItsAlarms() throws Exception {
    answer = HOLDS;
    JsonNode rule = createRule(0);
    Await.until("it fires", () -> webhook.calls().size() == 1);

    call("DELETE", "/api/v1/alarm-rules/" + rule.path("id").asString(), "", 204);

    Await.until("it is resolved", () -> alarmCount("?state=resolved") == 1);
    Await.until("the receiver is told", () -> webhook.calls().size() == 2);
    assertThat(statusOf(webhook.calls().getLast())).isEqualTo("resolved");
  }

  private int alarmCount(String query) {
    try {
      return alarms(query).size();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}

package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.e2e.shop.ShopService;
import io.aom.localstack.Ports;
import io.aom.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Two Spring Boot services under the OpenTelemetry Java agent, with nothing set but where to send
 * and with which key. What they sent is then looked up in every way that AOM offers.
 */
@ExtendWith(SharedAom.class)
class JavaAgentIT {
  private static final int ORDERS = 12;
  private static final Duration START = Duration.ofMinutes(2);

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"http/protobuf", "grpc"})
  void whatTheAgentSeesIsFoundAgain(String protocol, Aom aom) throws Exception {
    String run = UUID.randomUUID().toString().substring(0, 8);
    String shop = "shop-" + run;
    String stock = "stock-" + run;
    long start = System.currentTimeMillis() - 1000;
    int shopPort = Ports.free();
    int stockPort = Ports.free();
    Map<String, String> telemetry = telemetry(aom, protocol);
    try (Program stockService = service(stock, stockPort, "", telemetry);
        Program shopService = service(shop, shopPort, "http://127.0.0.1:" + stockPort, telemetry)) {
      awaitStarted(stockService);
      awaitStarted(shopService);
      Api orders = new Api("http://127.0.0.1:" + shopPort, "");
      for (int i = 0; i < ORDERS; i++) {
        String number = run + "x" + i;
        assertThat(orders.request("GET", "/orders/" + number, null).body())
            .isEqualTo("reserved " + number);
      }
      // Only synchronous instruments are sent at the end; those of the JVM come at intervals.
      for (String service : List.of(shop, stock)) {
        Await.untilAsserted(
            "metrics of the JVM of " + service,
            () ->
                assertThat(aom.api().promql("jvm_memory_used_bytes{job=\"" + service + "\"}"))
                    .isNotEmpty());
      }
      assertThat(shopService.said()).doesNotContain("Failed to export");
      assertThat(stockService.said()).doesNotContain("Failed to export");
    } // The agent sends what it still has when its JVM is asked to end.
    Api api = aom.api();
    Map<String, Object> window =
        Map.of("start", start, "end", System.currentTimeMillis() + 1000, "consistency", "strong");

    JsonNode line = api.logs("\"order " + run + "x7 placed\"").get("rows").get(0);
    assertThat(line.get("service").asString()).isEqualTo(shop);
    assertThat(line.get("severity").asString()).isEqualTo("INFO");
    String traceId = line.get("traceId").asString();
    assertThat(traceId).matches("[0-9a-f]{32}");
    assertThat(api.logs("trace_id:" + traceId).get("rows").valueStream())
        .extracting(row -> row.get("service").asString() + ": " + row.get("body").asString())
        .containsExactlyInAnyOrder(
            shop + ": order " + run + "x7 placed",
            stock + ": last item reserved for order " + run + "x7");

    traceHasBothServices(api, traceId, shop, stock);
    theMapHasTheCall(api, window, shop, stock);
    metricsCountTheOrders(api, shop);
  }

  private static void traceHasBothServices(Api api, String traceId, String shop, String stock)
      throws IOException, InterruptedException {
    JsonNode trace = api.get("/api/v1/traces/" + traceId, Map.of("consistency", "strong"));
    List<JsonNode> spans = trace.get("spans").valueStream().toList();
    JsonNode root =
        spans.stream()
            .filter(span -> span.path("parentSpanId").asString("").isEmpty())
            .findFirst()
            .orElseThrow();
    assertThat(root.get("service").asString()).isEqualTo(shop);
    assertThat(root.get("operation").asString()).isEqualTo("GET /orders/{number}");
    JsonNode served =
        spans.stream()
            .filter(span -> span.get("service").asString().equals(stock))
            .findFirst()
            .orElseThrow();
    JsonNode called =
        spans.stream()
            .filter(span -> span.get("spanId").equals(served.get("parentSpanId")))
            .findFirst()
            .orElseThrow();
    assertThat(called.get("service").asString()).isEqualTo(shop);
    assertThat(called.get("kind").asString()).isEqualToIgnoringCase("client");
  }

  private static void theMapHasTheCall(
      Api api, Map<String, Object> window, String shop, String stock)
      throws IOException, InterruptedException {
    JsonNode map = api.get("/api/v1/topology", window);
    assertThat(map.get("nodes").valueStream().map(node -> node.get("name").asString()))
        .contains(shop, stock);
    JsonNode edge =
        map.get("edges")
            .valueStream()
            .filter(one -> one.get("callee").equals(id(map, stock)))
            .findFirst()
            .orElseThrow();
    assertThat(edge.get("caller")).isEqualTo(id(map, shop));
    assertThat(edge.get("calls").asLong()).isEqualTo(ORDERS);
    assertThat(edge.get("errors").asLong()).isZero();

    assertThat(api.get("/api/v1/services", window).get("services").valueStream())
        .filteredOn(service -> service.get("name").asString().equals(shop))
        .singleElement()
        .satisfies(service -> assertThat(service.get("calls").asLong()).isEqualTo(ORDERS));
  }

  private static JsonNode id(JsonNode map, String service) {
    return map.get("nodes")
        .valueStream()
        .filter(node -> node.get("name").asString().equals(service))
        .findFirst()
        .orElseThrow()
        .get("id");
  }

  private static void metricsCountTheOrders(Api api, String shop)
      throws IOException, InterruptedException {
    assertThat(
            api.promql(
                    "sum(http_server_request_duration_seconds_count{job=\""
                        + shop
                        + "\",http_route=\"/orders/{number}\"})")
                .at("/0/value/1")
                .asString())
        .isEqualTo(Integer.toString(ORDERS));
    assertThat(
            api.promql("sum(http_client_request_duration_seconds_count{job=\"" + shop + "\"})")
                .at("/0/value/1")
                .asString())
        .isEqualTo(Integer.toString(ORDERS));
  }

  /** What the documents tell a user to set, and a shorter interval than a minute for metrics. */
  private static Map<String, String> telemetry(Aom aom, String protocol)
      throws IOException, InterruptedException {
    Map<String, String> settings = new HashMap<>();
    settings.put(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "x-api-key=" + aom.api().agentKey("java agent over " + protocol));
    settings.put("OTEL_METRIC_EXPORT_INTERVAL", "3000");
    if (protocol.equals("grpc")) {
      settings.put("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
      settings.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + aom.otlpGrpcPort());
    } else {
      settings.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + aom.otlpHttpPort());
    }
    return settings;
  }

  private Program service(String name, int port, String stock, Map<String, String> telemetry)
      throws IOException {
    return Program.start(
        dir.resolve(name + ".txt"),
        telemetry,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-javaagent:" + System.getProperty("aom.javaagent"),
            "-Dotel.service.name=" + name,
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ShopService.class.getName(),
            "--server.port=" + port,
            "--server.address=127.0.0.1",
            "--shop.stock=" + stock));
  }

  private static void awaitStarted(Program service) {
    Await.untilAsserted(
        "service started", START, () -> assertThat(service.said()).contains("Started ShopService"));
  }
}

package io.aom.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.aom.localstack.Ports;
import io.aom.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Debian's Prometheus scrapes Debian's node exporter and itself, and writes to AOM what it scrapes;
 * then both are asked the same.
 */
@ExtendWith(SharedAom.class)
class PrometheusIT {
  private static final Duration BOUND = Duration.ofMinutes(3);
  private static final String EXTERNAL = "replica";
  private static final double TOLERANCE = 1e-13;

  @TempDir private static Path dir;

  private static String key;
  private static Api aom;
  private static Api prometheus;
  private static Program server;
  private static Program exporter;
  private static HttpServer shop;
  private static long startMillis;
  private static long endMillis;

  @BeforeAll
  static void scrapeForAWhile(Aom shared) throws Exception {
    Command.require("prometheus", "remote write by Prometheus");
    Command.require("prometheus-node-exporter", "remote write by Prometheus");
    // In a tenant of its own, so that the same query means the same series here and there.
    shared.api().post("/api/v1/tenants", "{\"id\":\"prometheus\",\"name\":\"Prometheus\"}");
    Files.writeString(dir.resolve("key"), key(shared, "agent"));
    key = key(shared, "viewer");
    aom = new Api(shared.api().url(), key);

    int exporterPort = Ports.free();
    exporter =
        Program.start(
            dir.resolve("exporter.txt"),
            Map.of(),
            List.of("prometheus-node-exporter", "--web.listen-address=127.0.0.1:" + exporterPort));
    shop = shop();
    int port = Ports.free();
    Files.writeString(
        dir.resolve("prometheus.yml"),
        """
        global:
          scrape_interval: 1s
          external_labels: {%s: one}
        scrape_configs:
          - job_name: node
            static_configs: [{targets: ["127.0.0.1:%d"]}]
          - job_name: prometheus
            static_configs: [{targets: ["127.0.0.1:%d"]}]
          - job_name: shop
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        remote_write:
          - url: %s/api/v1/write
            send_exemplars: true
            authorization: {credentials_file: %s}
            queue_config: {batch_send_deadline: 1s}
        """
            .formatted(
                EXTERNAL,
                exporterPort,
                port,
                shop.getAddress().getPort(),
                aom.url(),
                dir.resolve("key")));
    server =
        Program.start(
            dir.resolve("prometheus.txt"),
            Map.of(),
            List.of(
                "prometheus",
                "--enable-feature=exemplar-storage",
                "--config.file=" + dir.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + dir.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port));
    prometheus = new Api("http://127.0.0.1:" + port, "");

    // Long enough before the window that no counter begins in a range that is looked at: there
    // Prometheus 2 and 3 extrapolate otherwise.
    awaitSamples("count_over_time(up{job=\"node\"}[5m]) >= 50");
    startMillis = scrapeMillis() - 20_000;
    // Its end is in the window too: up falls to 0, and its series end with stale markers.
    exporter.close();
    awaitSamples("count_over_time((up{job=\"node\"} == 0)[5m:1s]) >= 8");
    endMillis = startMillis + 30_000;
    awaitSamples("timestamp(up{job=\"node\"}) * 1000 > " + (endMillis + 1000));
  }

  /** Counts how often it is scraped, with an exemplar of each time. */
  private static HttpServer shop() throws IOException {
    AtomicInteger scrapes = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          int scrape = scrapes.incrementAndGet();
          byte[] text =
              """
              # TYPE shop_orders counter
              shop_orders_total %d # {trace_id="order%d"} %d %s
              # EOF
              """
                  .formatted(scrape, scrape, scrape, seconds(System.currentTimeMillis()))
                  .getBytes(UTF_8);
          exchange
              .getResponseHeaders()
              .set("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8");
          exchange.sendResponseHeaders(200, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    server.start();
    return server;
  }

  @AfterAll
  static void end() throws Exception {
    if (server != null) {
      server.close();
      exporter.close();
      shop.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "node_cpu_seconds_total",
        "{job=\"node\"}",
        "rate(node_cpu_seconds_total[10s])",
        "irate(node_context_switches_total[5s])",
        "sum by (mode) (rate(node_cpu_seconds_total[10s]))",
        "sum by (job) (up)",
        "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
        "topk(2, sum by (mode) (node_cpu_seconds_total))",
        "count by (__name__) ({job=\"node\"})",
        "max_over_time(node_load1[15s])",
        "increase(prometheus_tsdb_head_samples_appended_total[10s])",
        "histogram_quantile(0.9, rate(prometheus_http_request_duration_seconds_bucket[20s]))",
        "label_replace(up, \"port\", \"$1\", \"instance\", \".*:(.*)\")",
        "absent(up{job=\"node\"} == 1)"
      })
  void answersWhatPrometheusAnswers(String query) {
    Await.untilAsserted(
        query,
        BOUND,
        () -> {
          Map<Map<String, String>, Map<Long, Double>> theirs = range(prometheus, query);
          assertThat(theirs).isNotEmpty();
          assertThat(PromqlAnswers.differences(range(aom, query), theirs, TOLERANCE)).isEmpty();
        });
  }

  @Test
  void everySampleThatIsStoredHasTheExternalLabel() throws Exception {
    JsonNode without = aom.promql("count({job=~\".+\"," + EXTERNAL + "=\"\"})");
    JsonNode with = aom.promql("count({" + EXTERNAL + "=\"one\",job=\"prometheus\"})");

    assertThat(without).isEmpty();
    assertThat(with.get(0).get("value").get(1).asDouble()).isGreaterThan(100);
  }

  @Test
  void hasTheExemplarsThatPrometheusHas() {
    Await.untilAsserted(
        "exemplars",
        BOUND,
        () -> {
          Map<String, JsonNode> theirs = exemplars(prometheus, "/api/v1/query_exemplars");
          assertThat(theirs).hasSizeGreaterThanOrEqualTo(25);
          assertThat(exemplars(aom, "/prometheus/api/v1/query_exemplars")).isEqualTo(theirs);
        });
  }

  /** Exemplars of the window by their trace. */
  private static Map<String, JsonNode> exemplars(Api api, String path)
      throws IOException, InterruptedException {
    JsonNode series =
        api.get(
                path,
                Map.of(
                    "query",
                    "rate(shop_orders_total[1m])",
                    "start",
                    seconds(startMillis),
                    "end",
                    seconds(endMillis)))
            .get("data");
    assertThat(series).hasSize(1);
    assertThat(series.at("/0/seriesLabels/job").asString()).isEqualTo("shop");
    Map<String, JsonNode> byTrace = new TreeMap<>();
    for (JsonNode exemplar : series.at("/0/exemplars")) {
      assertThat(byTrace.put(exemplar.at("/labels/trace_id").asString(), exemplar)).isNull();
    }
    return byTrace;
  }

  @Test
  void describesMetricsAsPrometheusDoes() {
    Await.untilAsserted(
        "metadata",
        BOUND,
        () -> {
          Map<String, String> parameters = Map.of("metric", "node_cpu_seconds_total");
          JsonNode ours = aom.get("/prometheus/api/v1/metadata", parameters).get("data");
          JsonNode theirs = prometheus.get("/api/v1/metadata", Map.of()).get("data");
          // Prometheus forgets a target that is gone; its own metrics stay.
          assertThat(ours.at("/node_cpu_seconds_total/0/type").asString()).isEqualTo("counter");
          assertThat(
                  aom.get(
                          "/prometheus/api/v1/metadata",
                          Map.of("metric", "prometheus_http_requests_total"))
                      .at("/data/prometheus_http_requests_total/0"))
              .isEqualTo(theirs.at("/prometheus_http_requests_total/0"));
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "instant --time=END SERVER|sum by (mode) (node_cpu_seconds_total)",
        "instant --time=END -o json SERVER|sum by (job) (up{job=\"prometheus\"})",
        "range --start=START --end=END --step=2s SERVER|sum by (mode)"
            + " (rate(node_cpu_seconds_total[10s]))",
        "range --start=START --end=END --step=5s SERVER|up",
        "series --start=START --end=END --match=up --match=node_load1 SERVER",
        "labels --start=START --end=END SERVER|__name__",
        "labels --start=START --end=END --match={job=\"node\"} SERVER|mode"
      })
  void promtoolSaysOfBothTheSame(String words) {
    Command.require("promtool", "promtool's queries");
    Await.untilAsserted(
        words,
        BOUND,
        () -> {
          List<String> ours =
              promtool(words, aom.url().replace("://", "://x:" + key + "@") + "/prometheus");
          assertThat(ours).isNotEmpty().isEqualTo(promtool(words, prometheus.url()));
        });
  }

  /** What it prints, in the order of its lines and without the external label. */
  private static List<String> promtool(String words, String server) throws Exception {
    List<String> all = new ArrayList<>(List.of("promtool", "query"));
    for (String word : words.split("\\|", 2)[0].split(" ")) {
      all.add(
          word.replace("START", seconds(startMillis))
              .replace("END", seconds(endMillis))
              .replace("SERVER", server));
    }
    if (words.contains("|")) {
      all.add(words.split("\\|", 2)[1]);
    }
    String said = Command.of(all.toArray(String[]::new)).run().succeeded();
    return said.replace(", " + EXTERNAL + "=\"one\"", "").lines().sorted().toList();
  }

  @Test
  void nothingFailedAndNothingWasDropped() throws Exception {
    String metrics = prometheus.request("GET", "/metrics", null).body();

    for (String kind : List.of("samples", "exemplars", "metadata")) {
      String prefix = "prometheus_remote_storage_" + kind;
      assertThat(sum(metrics, prefix + "_total")).as(kind).isPositive();
      assertThat(sum(metrics, prefix + "_failed_total")).as(kind + " failed").isZero();
      assertThat(sum(metrics, prefix + "_retried_total")).as(kind + " retried").isZero();
    }
    assertThat(sum(metrics, "prometheus_remote_storage_samples_dropped_total")).isZero();
    assertThat(server.said()).doesNotContain("level=error").doesNotContain("level=warn");
  }

  private static String key(Aom shared, String role) throws IOException, InterruptedException {
    return shared
        .api()
        .post(
            "/api/v1/keys",
            "{\"name\":\"prometheus %1$s\",\"role\":\"%1$s\",\"tenant\":\"prometheus\"}"
                .formatted(role))
        .get("key")
        .asString();
  }

  private static void awaitSamples(String query) {
    Await.untilAsserted(
        query,
        BOUND,
        () ->
            assertThat(
                    prometheus
                        .get("/api/v1/query", Map.of("query", query))
                        .at("/data/result")
                        .valueStream())
                .isNotEmpty());
  }

  /**
   * Half a second after a scrape: the questions are for times between samples, since Prometheus 2
   * and 3 differ in whether the first moment of a range is in it.
   */
  private static long scrapeMillis() throws IOException, InterruptedException {
    JsonNode result =
        prometheus
            .get("/api/v1/query", Map.of("query", "timestamp(up{job=\"node\"})"))
            .at("/data/result/0/value/1");
    return Math.round(result.asDouble() * 1000) + 500;
  }

  /** Points of each series, by its labels without the external one. */
  private static Map<Map<String, String>, Map<Long, Double>> range(Api api, String query)
      throws IOException, InterruptedException {
    String path = api == aom ? "/prometheus/api/v1/query_range" : "/api/v1/query_range";
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("query", query);
    parameters.put("start", seconds(startMillis));
    parameters.put("end", seconds(endMillis));
    parameters.put("step", "1");
    if (api == aom) {
      parameters.put("consistency", "strong");
    }
    return PromqlAnswers.points(api.get(path, parameters), EXTERNAL);
  }

  private static String seconds(long millis) {
    return "%d.%03d".formatted(millis / 1000, millis % 1000);
  }

  /** Sum over all series of a metric in the text format. */
  private static double sum(String metrics, String name) {
    List<Double> values =
        metrics
            .lines()
            .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
            .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .collect(Collectors.toList());
    assertThat(values).as(name).isNotEmpty();
    return values.stream().mapToDouble(Double::doubleValue).sum();
  }
}

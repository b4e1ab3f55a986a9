package io.aom.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.localstack.Ports;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import io.aom.testkit.TestOpenSearch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The six services as a cluster runs them: each its own executable jar and process, set up through
 * the environment, two members of the log service among them.
 */
class ServiceJarsIT {
  private static final Duration START = Duration.ofMinutes(3);
  private static final int LOG_MEMBERS = 2;
  private static final int RECORDS = 40;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private Path dir;
  private final Map<String, Program> programs = new LinkedHashMap<>();
  private final Map<String, Integer> ports = new LinkedHashMap<>();

  @AfterEach
  void stop() throws InterruptedException {
    for (Program program : programs.values()) {
      program.close();
    }
  }

  @Test
  void eachServiceRunsAloneAndTogetherTheyAreAom() throws Exception {
    for (String service : List.of("gateway", "ingest", "metrics", "topology", "alarm")) {
      ports.put(service, Ports.free());
    }
    for (int ordinal = 0; ordinal < LOG_MEMBERS; ordinal++) {
      ports.put("log-" + ordinal, Ports.free());
    }
    Map<String, String> environment = environment();
    for (String name : ports.keySet()) {
      start(name, environment);
    }
    for (String name : ports.keySet()) {
      Await.untilAsserted(
          name + " is ready",
          START,
          () -> {
            programs.get(name).said();
            assertThat(status(name, "/actuator/health/readiness")).isEqualTo(200);
          });
    }
    for (String name : ports.keySet()) {
      if (!name.equals("gateway")) { // Its metrics are not for everybody who can reach the gateway.
        assertThat(status(name, "/actuator/prometheus")).as(name).isEqualTo(200);
      }
    }
    Api api =
        new Api(
            "http://127.0.0.1:" + ports.get("gateway"),
            Files.readString(dir.resolve("admin.key")).strip());

    long start = System.currentTimeMillis();
    for (int i = 0; i < RECORDS; i++) {
      // Resources spread over the partitions, and so over both members.
      api.sendLog("shop-" + i, "basket number " + i + " abandoned");
    }
    api.sendGauge("shop-1", "baskets", 7);

    JsonNode found = api.logs("abandoned");
    assertThat(found.get("total").get("value").asInt()).isEqualTo(RECORDS);
    assertThat(found.get("total").get("exact").asBoolean()).isTrue();
    assertThat(found.get("partial").asBoolean()).isFalse();
    assertThat(api.promql("baskets").get(0).get("value").get(1).asString()).isEqualTo("7");
    Map<String, Long> window = Map.of("start", start, "end", start + 600_000);
    assertThat(api.get("/api/v1/services", window).has("services")).isTrue();
    assertThat(api.request("GET", "/api/v1/services", null).body())
        .contains("start: missing (expected: a parameter of this name)");
    assertThat(api.get("/api/v1/alarms", Map.of()).has("alarms")).isTrue();
    JsonNode ledger = api.get("/api/v1/ledger", Map.of());
    assertThat(ledger.get("partial").asBoolean()).isFalse();
    assertThat(
            ledger
                .get("rows")
                .valueStream()
                .filter(row -> row.get("signal").asString().equals("logs"))
                .mapToInt(row -> row.get("accepted").asInt())
                .sum())
        .isEqualTo(RECORDS);

    // Without one of the two members the answer says that it is not whole.
    programs.remove("log-1").close();
    JsonNode partial =
        api.post(
            "/api/v1/logs/search",
            "{\"start\":%d,\"end\":%d,\"query\":\"abandoned\",\"limit\":1}"
                .formatted(start - 1000, start + 600_000));
    assertThat(partial.get("partial").asBoolean()).isTrue();
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("AOM_KAFKA_BOOTSTRAPSERVERS", TestKafka.shared().bootstrapServers());
    environment.put("AOM_KAFKA_PARTITIONS", "4");
    environment.put("AOM_KAFKA_REPLICATIONFACTOR", "1");
    environment.put("AOM_OPENSEARCH_URLS", TestOpenSearch.shared().url());
    environment.put("AOM_OPENSEARCH_REPLICAS", "0");
    environment.put(
        "AOM_IDENTITY_SECRET",
        Base64.getEncoder().encodeToString("thirty-two bytes that are secret".getBytes(UTF_8)));
    for (String service : List.of("ingest", "metrics", "topology", "alarm")) {
      environment.put("AOM_SERVICES_" + service.toUpperCase(Locale.ROOT), url(service));
    }
    environment.put("AOM_SERVICES_LOG", url("log-0"));
    environment.put("AOM_GATEWAY_OTLPHTTPPORT", Integer.toString(Ports.free()));
    environment.put("AOM_GATEWAY_OTLPGRPCPORT", Integer.toString(Ports.free()));
    environment.put("AOM_GATEWAY_ADMINKEYFILE", dir.resolve("admin.key").toString());
    environment.put("AOM_GATEWAY_INTERNALKEYFILE", dir.resolve("internal.key").toString());
    environment.put("AOM_ALARM_EXTERNALURL", url("gateway"));
    return environment;
  }

  private String url(String name) {
    return "http://127.0.0.1:" + ports.get(name);
  }

  private void start(String name, Map<String, String> common) throws IOException {
    Map<String, String> environment = new HashMap<>(common);
    environment.put("SERVER_PORT", Integer.toString(ports.get(name)));
    String service = name;
    if (name.startsWith("log-")) {
      service = "log";
      environment.put("AOM_MEMBER_ORDINAL", name.substring("log-".length()));
      environment.put("AOM_MEMBER_COUNT", Integer.toString(LOG_MEMBERS));
      environment.put("AOM_MEMBER_PEERS", url("log-0") + "," + url("log-1"));
    }
    programs.put(
        name,
        Program.start(
            dir.resolve(name + ".out"),
            environment,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar(service + "-service").toString())));
  }

  private static Path jar(String module) throws IOException {
    try (Stream<Path> built = Files.list(Aom.HOME.resolve(module).resolve("target"))) {
      List<Path> jars =
          new ArrayList<>(
              built.filter(file -> file.getFileName().toString().endsWith("-exec.jar")).toList());
      assertThat(jars).as("executable jars of " + module).hasSize(1);
      return jars.getFirst();
    }
  }

  private int status(String name, String path) throws InterruptedException {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create(url(name) + path))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0; // Not listening yet.
    }
  }
}

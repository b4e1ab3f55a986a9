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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The six services as a cluster runs them: each its own executable jar and process, set up through
 * the environment. The log service has four members in two replica groups; its partitions of even
 * number are those of {@code log-0} and {@code log-1}, the others those of {@code log-2} and {@code
 * log-3}. The metrics service has two members that share its partitions. The gateway asks {@code
 * log-0} and {@code metrics-0}.
 */
final class ServiceJars implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(8);

  /** Services of several members, and how many replica groups these form. */
  private static final Map<String, Members> MEMBERS =
      Map.of("log", new Members(4, 2), "metrics", new Members(2, 1));

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path dir;
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final Map<String, Program> programs = new LinkedHashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  private record Members(int count, int groups) {
    List<String> names(String service) {
      return IntStream.range(0, count).mapToObj(ordinal -> service + "-" + ordinal).toList();
    }
  }

  /**
   * @param dir where keys and what the processes say go
   */
  ServiceJars(Path dir) {
    this.dir = dir;
    for (String service : List.of("gateway", "ingest", "topology", "alarm")) {
      ports.put(service, Ports.free());
    }
    MEMBERS.forEach(
        (service, members) ->
            members.names(service).forEach(member -> ports.put(member, Ports.free())));
    environment.put("AOM_KAFKA_BOOTSTRAPSERVERS", TestKafka.shared().bootstrapServers());
    environment.put("AOM_KAFKA_PARTITIONS", "4");
    environment.put("AOM_KAFKA_REPLICATIONFACTOR", "1");
    environment.put("AOM_OPENSEARCH_URLS", TestOpenSearch.shared().url());
    environment.put("AOM_OPENSEARCH_REPLICAS", "0");
    environment.put(
        "AOM_IDENTITY_SECRET",
        Base64.getEncoder().encodeToString("thirty-two bytes that are secret".getBytes(UTF_8)));
    for (String service : List.of("ingest", "metrics", "log", "topology", "alarm")) {
      String asked = MEMBERS.containsKey(service) ? service + "-0" : service;
      environment.put("AOM_SERVICES_" + service.toUpperCase(Locale.ROOT), url(asked));
    }
    environment.put("AOM_GATEWAY_OTLPHTTPPORT", Integer.toString(Ports.free()));
    environment.put("AOM_GATEWAY_OTLPGRPCPORT", Integer.toString(Ports.free()));
    environment.put("AOM_GATEWAY_ADMINKEYFILE", dir.resolve("admin.key").toString());
    environment.put("AOM_GATEWAY_INTERNALKEYFILE", dir.resolve("internal.key").toString());
    environment.put("AOM_ALARM_EXTERNALURL", url("gateway"));
  }

  /** By name, as {@code ingest} or {@code log-2}. */
  Set<String> names() {
    return ports.keySet();
  }

  /** Starts all of them; returns when each is ready. */
  void start() throws IOException {
    for (String name : names()) {
      start(name);
    }
    names().forEach(this::awaitReady);
  }

  /** Starts one; returns at once. */
  void start(String name) throws IOException {
    Map<String, String> own = new HashMap<>(environment);
    own.put("SERVER_PORT", Integer.toString(ports.get(name)));
    String service = name.replaceFirst("-\\d+$", "");
    Members members = MEMBERS.get(service);
    if (members != null) {
      own.put("AOM_MEMBER_ORDINAL", name.substring(service.length() + 1));
      own.put("AOM_MEMBER_COUNT", Integer.toString(members.count()));
      own.put("AOM_MEMBER_GROUPS", Integer.toString(members.groups()));
      own.put(
          "AOM_MEMBER_PEERS",
          members.names(service).stream().map(this::url).collect(Collectors.joining(",")));
      // Rows become blocks while the test runs, so that answers are of heads and blocks.
      own.put("AOM_METRICS_RECORDING_SETTLE", "1s");
      own.put("AOM_BLOCKS_MAXIDLE", "2s");
      own.put("AOM_BLOCKS_HOLD", "1s");
    }
    programs.put(
        name,
        Program.start(
            dir.resolve(name + ".out"),
            own,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar(service + "-service").toString())));
  }

  /** Waits until a process that was started says that it may be sent requests. */
  void awaitReady(String name) {
    Await.untilAsserted(
        name + " is ready",
        START,
        () -> {
          program(name).said();
          assertThat(status(name, "/actuator/health/readiness")).isEqualTo(200);
        });
  }

  /** One that was started. */
  Program program(String name) {
    Program program = programs.get(name);
    assertThat(program).as(name).isNotNull();
    return program;
  }

  /** Status of a GET to one of the services itself; 0 if it does not listen. */
  int status(String name, String path) throws InterruptedException {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create(url(name) + path))
                  .timeout(Duration.ofSeconds(30))
                  .build(),
              BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  /** The API at the gateway, as an admin. */
  Api api() throws IOException {
    return new Api(url("gateway"), Files.readString(dir.resolve("admin.key")).strip());
  }

  private String url(String name) {
    return "http://127.0.0.1:" + ports.get(name);
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

  @Override
  public void close() throws InterruptedException {
    for (Program program : programs.values()) {
      program.close();
    }
  }
}

package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.localstack.Ports;
import io.aom.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The same random series go to AOM and to Debian's Prometheus by remote write; then both, and a
 * Prometheus that has nothing of its own and reads AOM, are asked the same random queries.
 */
@ExtendWith(SharedAom.class)
class DifferentialIT {
  private static final long SEED = 20_261;
  private static final int QUERIES = 250;
  private static final int QUERIES_BY_REMOTE_READ = 25;
  private static final double TOLERANCE = 1e-9;
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** All times of series and queries are the same for every run but for whole ten minutes. */
  private static final long ALIGNMENT_MILLIS = 600_000;

  @TempDir private static Path dir;

  private static Api aom;
  private static Api prometheus;
  private static Api reader;
  private static Program server;
  private static Program readingServer;
  private static long startMillis;
  private static long endMillis;

  @BeforeAll
  static void send(Aom shared) throws Exception {
    Command.require("prometheus", "that AOM answers what Prometheus answers");
    shared.api().post("/api/v1/tenants", "{\"id\":\"random\",\"name\":\"Random\"}");
    aom = new Api(shared.api().url(), key(shared, "viewer"));
    Files.writeString(dir.resolve("key"), aom.key());
    prometheus = new Api("http://127.0.0.1:" + Ports.free(), "");
    server = start("one", prometheus.url(), "", "--web.enable-remote-write-receiver");
    reader = new Api("http://127.0.0.1:" + Ports.free(), "");
    readingServer =
        start(
            "reader",
            reader.url(),
            """
            remote_read:
              - url: %s/api/v1/read
                read_recent: true
                authorization: {credentials_file: %s}
            """
                .formatted(aom.url(), dir.resolve("key")));

    long now = System.currentTimeMillis() / ALIGNMENT_MILLIS * ALIGNMENT_MILLIS;
    long samplesMillis = RandomSeries.STEPS * RandomSeries.STEP_MILLIS;
    long firstMillis = now - samplesMillis - ALIGNMENT_MILLIS / 2;
    // Off the whole seconds, see RandomQueries; early enough that ranges lie within the samples.
    startMillis = firstMillis + samplesMillis / 2 + 500;
    endMillis = firstMillis + samplesMillis - 120_000 + 500;
    byte[] request = Snappy.compress(RandomSeries.request(SEED, firstMillis));
    write(prometheus.url(), "", request);
    write(aom.url(), key(shared, "agent"), request);
    assertThat(aom.promql("count(temperature offset -1d)")).isEmpty(); // waits for what was sent
  }

  @AfterAll
  static void end() throws Exception {
    if (readingServer != null) {
      readingServer.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private static String key(Aom shared, String role) throws IOException, InterruptedException {
    return shared
        .api()
        .post(
            "/api/v1/keys",
            "{\"name\":\"random %1$s\",\"role\":\"%1$s\",\"tenant\":\"random\"}".formatted(role))
        .get("key")
        .asString();
  }

  private static Program start(String name, String url, String config, String... flags)
      throws IOException {
    Path file = dir.resolve(name + ".yml");
    Files.writeString(file, config);
    Program program =
        Program.start(
            dir.resolve(name + ".txt"),
            Map.of(),
            Stream.concat(
                    Stream.of(
                        "prometheus",
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + dir.resolve(name),
                        "--web.listen-address=" + url.substring("http://".length())),
                    Stream.of(flags))
                .toList());
    Await.untilAsserted(
        name + " is ready",
        BOUND,
        () ->
            assertThat(new Api(url, "").request("GET", "/-/ready", null).statusCode())
                .isEqualTo(200));
    return program;
  }

  private static void write(String url, String key, byte[] request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(url + "/api/v1/write"))
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .header("Authorization", "Bearer " + key)
                .POST(BodyPublishers.ofByteArray(request))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
  }

  private static Set<String> queries(int count) {
    RandomQueries random = new RandomQueries(SEED, startMillis + 60_000);
    Set<String> queries = new LinkedHashSet<>();
    while (queries.size() < count) {
      queries.add(random.next());
    }
    return queries;
  }

  @TestFactory
  Stream<DynamicTest> answersRandomQueriesAsPrometheusDoes() {
    return queries(QUERIES).stream().map(query -> compared(query, aom, prometheus));
  }

  @TestFactory
  Stream<DynamicTest> prometheusAnswersTheSameWhereItReadsAom() {
    return queries(QUERIES_BY_REMOTE_READ).stream()
        .map(query -> compared(query, reader, prometheus));
  }

  /** That the random queries ask for something. */
  @Test
  void mostRandomQueriesHaveAnAnswer() throws Exception {
    int answered = 0;
    for (String query : queries(QUERIES)) {
      JsonNode answer = JsonMapper.shared().readTree(range(prometheus, query).body());
      answered += answer.at("/data/result").isEmpty() ? 0 : 1;
    }
    assertThat(answered).isGreaterThan(QUERIES * 2 / 3);
  }

  private static DynamicTest compared(String query, Api one, Api other) {
    return DynamicTest.dynamicTest(
        query,
        () -> {
          HttpResponse<String> theirs = range(other, query);
          HttpResponse<String> ours = range(one, query);
          assertThat(ours.statusCode()).as(ours.body()).isEqualTo(theirs.statusCode());
          JsonNode answer = JsonMapper.shared().readTree(ours.body());
          JsonNode expected = JsonMapper.shared().readTree(theirs.body());
          assertThat(answer.path("errorType")).isEqualTo(expected.path("errorType"));
          assertThat(
                  PromqlAnswers.differences(
                      PromqlAnswers.points(answer, ""),
                      PromqlAnswers.points(expected, ""),
                      TOLERANCE))
              .as(query)
              .isEmpty();
        });
  }

  private static HttpResponse<String> range(Api api, String query)
      throws IOException, InterruptedException {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("query", query);
    parameters.put("start", seconds(startMillis));
    parameters.put("end", seconds(endMillis));
    parameters.put("step", "60");
    return api.request("GET", "/api/v1/query_range?" + Api.form(parameters), null);
  }

  private static String seconds(long millis) {
    return "%d.%03d".formatted(millis / 1000, millis % 1000);
  }

  @Test
  void promtoolIsAnswered() throws Exception {
    Command.require("promtool", "promtool's queries");
    // promtool sends what is in the address as Basic authentication; the key is the password.
    String url = aom.url().replace("http://", "http://any:" + aom.key() + "@") + "/prometheus";
    String start = seconds(startMillis);
    String end = seconds(endMillis);

    assertThat(promtool("query", "instant", "--time=" + end, url, "count(limit)"))
        .startsWith("{} => 6 @[");
    assertThat(
            promtool(
                "query",
                "range",
                "--start=" + start,
                "--end=" + end,
                "--step=1m",
                url,
                "count by (code) (requests_total)"))
        .contains("{code=\"404\"} =>", "6 @[" + start.replaceAll("0+$", "") + "]");
    assertThat(
            promtool("query", "labels", "--start=" + start, "--end=" + end, url, "queue").lines())
        .containsExactly("in", "out");
    assertThat(
            promtool(
                    "query",
                    "series",
                    "--match=build_info{host=~\"h[12]\"}",
                    "--start=" + start,
                    "--end=" + end,
                    url)
                .lines())
        .containsExactlyInAnyOrder(
            "{__name__=\"build_info\", host=\"h1\", version=\"1.1\"}",
            "{__name__=\"build_info\", host=\"h2\", version=\"1.0\"}");
  }

  private static String promtool(String... words) throws Exception {
    List<String> all = Stream.concat(Stream.of("promtool"), Stream.of(words)).toList();
    return Command.of(all.toArray(String[]::new))
        .run()
        .succeeded()
        .lines()
        .collect(Collectors.joining("\n"));
  }
}

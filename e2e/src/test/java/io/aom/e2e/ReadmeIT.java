package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/** Types what the documents print, and looks whether the answers are what they promise. */
@ExtendWith(SharedAom.class)
class ReadmeIT {
  /** Documents whose commands are run here, and those whose commands another check runs. */
  private static final Map<String, String> RUN_ELSEWHERE =
      Map.of(
          "kubernetes.md", "by deploy/k8s, without a cluster",
          "CONTRIBUTING.md", "by whoever builds",
          "benchmarks.md", "by hand: they take long",
          "fuzzing.md", "by hand: they take long");

  private static final Set<String> RUN_HERE =
      Set.of(
          "README.md",
          "alarms.md",
          "api-keys.md",
          "intake.md",
          "log-queries.md",
          "promql-api.md",
          "recording-rules.md",
          "retention.md");

  private final Aom aom;

  ReadmeIT(Aom aom) {
    this.aom = aom;
  }

  @BeforeEach
  void curlIsThere() {
    Command.require("curl", "what the documents print");
  }

  @Test
  void everyDocumentWithCommandsIsRunSomewhere() throws Exception {
    List<String> withCommands = new ArrayList<>();
    for (Path document : Markdown.documents()) {
      if (!Markdown.shellBlocks(document).isEmpty()) {
        withCommands.add(document.getFileName().toString());
      }
    }
    assertThat(withCommands)
        .containsAll(RUN_HERE)
        .allMatch(name -> RUN_HERE.contains(name) || RUN_ELSEWHERE.containsKey(name));
  }

  @Test
  void theReadmeShowsWhatItSends() throws Exception {
    List<String> blocks = Markdown.shellBlocks(Aom.HOME.resolve("README.md"));
    // The last one is the build that runs this test.
    assertThat(blocks).hasSize(3).last().isEqualTo("./mvnw verify\n");

    assertThat(shell(blocks.getFirst())).contains("AOM").contains(aom.data().toString());

    List<JsonNode> answers = answers(shell(blocks.get(1)));
    assertThat(answers).hasSize(5);
    assertThat(answers.get(0)).as("answer to the log record").isEqualTo(empty());
    assertThat(answers.get(1).get("rows").valueStream().map(row -> row.get("body").asString()))
        .contains("payment refused for order 4711");
    assertThat(answers.get(2)).as("answer to the metric").isEqualTo(empty());
    JsonNode series = answers.get(3).get("data").get("result").get(0);
    assertThat(series.get("metric").get("__name__").asString()).isEqualTo("queue_length");
    assertThat(series.get("metric").get("job").asString()).isEqualTo("shop");
    assertThat(series.get("value").get(1).asString()).isEqualTo("7");
    assertThat(answers.get(4).get("rows").valueStream())
        .filteredOn(row -> row.get("accepted").asLong() > 0)
        .extracting(row -> row.get("signal").asString())
        .contains("logs", "metrics");
  }

  @Test
  void theExamplesOfLogQueriesFindRows() throws Exception {
    List<JsonNode> answers = run("log-queries.md");

    JsonNode found = answers.get(1);
    assertThat(found.get("rows").valueStream().map(row -> row.get("body").asString()))
        .contains("connection refused by 10.0.0.7");
    assertThat(found.get("total").get("value").asLong()).isPositive();
    assertThat(answers.getLast().get("buckets").valueStream()).isNotEmpty();
  }

  @Test
  void theExamplesOfThePrometheusApiAreAnswered() throws Exception {
    List<JsonNode> answers = run("promql-api.md");

    assertThat(answers.get(1).at("/data/result/0/value/1").asString()).isEqualTo("12");
    assertThat(answers.get(1).at("/data/stats/samples/totalQueryableSamples").asInt()).isPositive();
    assertThat(answers.get(2).at("/data/result/0/values").valueStream()).isNotEmpty();
    assertThat(answers.get(3).at("/data/0/exemplars/0/labels/trace_id").asString())
        .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(answers.get(4).get("series").asLong()).isPositive();
    assertThat(answers.get(4).get("metrics").valueStream()).hasSizeBetween(1, 5);
    assertThat(answers.get(5).at("/data/0/job").asString()).isEqualTo("cart");
  }

  @Test
  void theExamplesOfRecordingRulesAreRecorded() throws Exception {
    List<JsonNode> answers = run("recording-rules.md");

    assertThat(answers.get(1).at("/groups/0/outcome").asString()).isEqualTo("created");
    assertThat(answers.get(2).at("/groups/0/rules/0/record").asString())
        .isEqualTo("job:parcels:double");
    Await.untilAsserted(
        "recorded",
        Duration.ofMinutes(2),
        () ->
            assertThat(
                    aom.api()
                        .promql("job:parcels:double{job=\"depot\",source=\"rules\"}")
                        .at("/0/value/1")
                        .asString())
                .isEqualTo("42"));
    Await.untilAsserted(
        "listed as Prometheus does",
        Duration.ofMinutes(1),
        () ->
            assertThat(
                    aom.api()
                        .get("/prometheus/api/v1/rules", Map.of("type", "record"))
                        .at("/data/groups/0/rules/0/health")
                        .asString())
                .isEqualTo("ok"));
    Path exported = Files.createTempFile("rules", ".yaml");
    Files.writeString(
        exported,
        aom.api()
            .request("GET", "/api/v1/recording-rules", null, "Accept", "application/yaml")
            .body());
    Command.require("promtool", "the check of exported rules");
    assertThat(Command.of("promtool", "check", "rules", exported.toString()).run().succeeded())
        .contains("SUCCESS: 1 rules found");
  }

  @Test
  void theExamplesOfAlarmsMakeARuleAndListIt() throws Exception {
    List<JsonNode> answers = run("alarms.md");

    String id = answers.get(0).get("id").asString();
    assertThat(answers.get(0).get("name").asString()).isEqualTo("Requests fail");
    assertThat(answers.get(1).get("rules").valueStream().map(rule -> rule.get("id").asString()))
        .contains(id);
    assertThat(answers.get(2).has("alarms")).isTrue();
    assertThat(answers.get(3).has("alarms")).isTrue();
    aom.api().delete("/api/v1/alarm-rules/" + id);
  }

  @Test
  void theExamplesOfKeysMakeOneListItAndRevokeIt() throws Exception {
    List<JsonNode> answers = run("api-keys.md");

    JsonNode made = answers.getFirst();
    assertThat(made.get("role").asString()).isEqualTo("agent");
    assertThat(made.get("key").asString()).startsWith("aom_" + made.get("id").asString());
    assertThat(answers.getLast().get("keys").valueStream().map(key -> key.get("id").asString()))
        .contains(made.get("id").asString());
  }

  @Test
  void theExamplesOfRetentionSayWhatIsKept() throws Exception {
    List<JsonNode> answers = run("retention.md");

    assertThat(answers).hasSize(2);
    assertThat(answers.get(1)).isEqualTo(answers.get(0));
    assertThat(answers.get(1).at("/days/logs").asInt()).isEqualTo(7);
    assertThat(answers.get(1).at("/metricRules/1/name").asString()).isEqualTo("debug");
  }

  @Test
  void theExamplesOfIntakeArriveAtTheLogs() throws Exception {
    run("intake.md");

    assertThat(aom.api().logs("service.name:cart hello").get("rows").valueStream()).isNotEmpty();
  }

  /** Answers of all commands of a document, typed into one shell one after the other. */
  private List<JsonNode> run(String document) throws IOException, InterruptedException {
    Path path = Aom.HOME.resolve("docs").resolve(document);
    return answers(shell(Markdown.shellBlocks(path).stream().collect(Collectors.joining("\n"))));
  }

  private String shell(String script) throws IOException, InterruptedException {
    return Command.of("sh", "-euc", here(script)).run().succeeded();
  }

  /** The one place where what is printed differs from what is run: ports and data folder. */
  private String here(String script) throws IOException, InterruptedException {
    return script
        .replace("./aom up --detach", "./aom up --detach --data " + aom.data())
        .replace("127.0.0.1:8080", "127.0.0.1:" + aom.port())
        .replace("127.0.0.1:4318", "127.0.0.1:" + aom.otlpHttpPort())
        .replace(".aom/", aom.data() + "/");
  }

  private static JsonNode empty() {
    return JsonMapper.shared().createObjectNode();
  }

  /** JSON values that follow one another. */
  private static List<JsonNode> answers(String output) {
    try (MappingIterator<JsonNode> values =
        JsonMapper.shared().readerFor(JsonNode.class).readValues(output)) {
      return values.readAll();
    }
  }
}

package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.testkit.Await;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The six services as processes of their own, and what becomes of answers when some of them die.
 */
class ServiceJarsIT {
  private static final long START = System.currentTimeMillis();

  /** Longer than all of it takes, on a slow machine too. */
  private static final long WINDOW_MILLIS = 7_200_000;

  @TempDir private static Path dir;
  private static ServiceJars jars;
  private static Api api;

  private static long sentByAll;
  private int sent;

  @BeforeAll
  static void start() throws Exception {
    jars = new ServiceJars(dir);
    jars.start();
    api = jars.api();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    jars.close();
  }

  @Test
  void eachServiceRunsAloneAndTogetherTheyAreAom() throws Exception {
    for (String name : jars.names()) {
      if (!name.equals("gateway")) { // Its metrics are not for everybody who can reach the gateway.
        assertThat(jars.status(name, "/actuator/prometheus")).as(name).isEqualTo(200);
      }
    }
    send("abandoned", 40);
    api.sendGauge("shop-1", "baskets", 7);

    assertWhole("abandoned");
    assertThat(api.promql("baskets").get(0).get("value").get(1).asString()).isEqualTo("7");
    Map<String, Long> window = Map.of("start", START, "end", START + WINDOW_MILLIS);
    assertThat(api.get("/api/v1/services", window).has("services")).isTrue();
    assertThat(api.request("GET", "/api/v1/services", null).body())
        .contains("start: missing (expected: a parameter of this name)");
    assertThat(api.get("/api/v1/alarms", Map.of()).has("alarms")).isTrue();
    assertLedger();
  }

  @Test
  void answersStayWholeAsLongAsEachPartitionHasAMemberAlive() throws Exception {
    send("returned", 40);
    assertWhole("returned");

    jars.program("log-2").kill();
    assertWhole("returned");
    send("returned", 20);
    assertWhole("returned");

    // As an upgrade does: one member is ready again, and at once the next is taken.
    jars.start("log-2");
    jars.awaitReady("log-2");
    jars.program("log-3").kill();
    assertWhole("returned");
    send("returned", 20);
    assertWhole("returned");

    jars.start("log-3");
    jars.awaitReady("log-3");
    jars.program("log-2").pause();
    assertWhole("returned");
    send("returned", 20);
    assertWhole("returned");
    jars.program("log-2").resume();
    assertWhole("returned");

    assertLedger();

    // Nobody is left for the partitions of these two: the answer says that it is not whole.
    jars.program("log-2").kill();
    jars.program("log-3").kill();
    assertThat(isPartial(search("returned", ""))).isTrue();
    jars.start("log-2");
    jars.start("log-3");
    jars.awaitReady("log-2");
    jars.awaitReady("log-3");
    assertWhole("returned");
  }

  @Test
  void metricsAreAnsweredByAllWhoHoldThem() throws Exception {
    int shops = 40;
    for (int round = 1; round <= 2; round++) {
      for (int i = 0; i < shops; i++) {
        api.sendGauge("shelf-" + i, "stock", i * round);
      }
      // One in parts, where the series are; the other of all series here.
      assertThat(value("sum(stock)")).isEqualTo(round * shops * (shops - 1) / 2);
      assertThat(value("sum(stock * 1)")).isEqualTo(round * shops * (shops - 1) / 2);
      assertThat(value("count(max_over_time(stock[10m]))")).isEqualTo(shops);
      assertThat(value("avg(stock)")).isEqualTo(round * (shops - 1) / 2.0);
    }

    jars.program("metrics-1").kill();
    HttpResponse<String> refused =
        api.request("GET", "/prometheus/api/v1/query?query=sum(stock)", null);
    HttpResponse<String> partial =
        api.request("GET", "/prometheus/api/v1/query?query=sum(stock)&partial_response=true", null);

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("the newest data of partitions [1, 3]");
    assertThat(partial.statusCode()).isEqualTo(200);
    assertThat(partial.headers().firstValue("X-AOM-Partial")).hasValue("true");

    jars.start("metrics-1");
    jars.awaitReady("metrics-1");
    assertThat(value("sum(stock)")).isEqualTo(2 * shops * (shops - 1) / 2);
  }

  @Test
  void rulesRecordEachTickWhoeverDies() throws Exception {
    // So many that both members have some to evaluate.
    for (int i = 0; i < 6; i++) {
      api.post(
          "/api/v1/recording-rules",
          """
          {"name":"group %1$d","intervalSeconds":2,"rules":[
            {"record":"tick:%1$d","expr":"vector(time())"},
            {"record":"tick:twice:%1$d","expr":"2 * tick:%1$d"}]}
          """
              .formatted(i));
    }
    awaitTicks(2);

    jars.program("metrics-1").kill();
    long later = System.currentTimeMillis() + 5_000;
    Await.until(
        "two ticks and more have gone by that nobody can evaluate",
        () -> System.currentTimeMillis() > later);
    jars.start("metrics-1");
    jars.awaitReady("metrics-1");
    double restarted = value("vector(time())");
    awaitTicks(5);

    Await.untilAsserted(
        "all caught up",
        () ->
            assertThat(value("min(timestamp({__name__=~\"tick:twice:.\"}))"))
                .isGreaterThan(restarted));
    // The groups go on, so all is asked about the same ticks: those that all groups have recorded.
    long recorded = (long) value("min(timestamp({__name__=~\"tick:twice:.\"}))");
    for (int i = 0; i < 6; i++) {
      String ticks = "tick:twice:" + i + "[10m] @ " + recorded;
      // A sample at each tick from the first to the newest, and each is what it must be.
      double samples = value("count_over_time(" + ticks + ")");
      double first = value("ts_of_first_over_time(" + ticks + ")");
      double last = value("ts_of_last_over_time(" + ticks + ")");
      assertThat((last - first) / 2 + 1).as(ticks).isEqualTo(samples);
      assertThat(value("sum_over_time(" + ticks + ")"))
          .as(ticks)
          .isEqualTo((first + last) * samples);
    }
  }

  private static void awaitTicks(int ticks) {
    Await.untilAsserted(
        "recorded by all groups",
        Duration.ofMinutes(2),
        () ->
            assertThat(
                    value(
                        "count(count_over_time({__name__=~\"tick:twice:.\"}[10m]) >= "
                            + ticks
                            + ")"))
                .isEqualTo(6));
  }

  private static double value(String query) throws IOException, InterruptedException {
    return Double.parseDouble(api.promql(query).get(0).get("value").get(1).asString());
  }

  /** Records of resources that spread over the partitions, and so over all members. */
  private void send(String word, int count) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++, sent++, sentByAll++) {
      api.sendLog("shop-" + sent, "basket number " + sent + " " + word);
    }
  }

  /** All that was sent is found, each once, whether or not the caller insists on all. */
  private void assertWhole(String word) throws IOException, InterruptedException {
    List<String> all =
        IntStream.range(0, sent).mapToObj(i -> "basket number " + i + " " + word).toList();
    JsonNode strong = search(word, ",\"consistency\":\"strong\"");
    assertThat(isPartial(strong)).as("partial").isFalse();
    assertThat(bodies(strong)).containsExactlyInAnyOrderElementsOf(all);
    assertThat(strong.get("total").get("value").asInt()).isEqualTo(sent);
    assertThat(strong.get("total").get("exact").asBoolean()).as("exact").isTrue();

    // At other times nothing may be missing but what is not read yet.
    JsonNode eventual =
        Await.get(
            "read by all",
            Await.BOUND,
            () -> {
              JsonNode answer = search(word, "");
              boolean over = isPartial(answer) || bodies(answer).size() >= sent;
              return over ? answer : null;
            });
    assertThat(isPartial(eventual)).as("partial").isFalse();
    assertThat(bodies(eventual)).containsExactlyInAnyOrderElementsOf(all);
  }

  private static JsonNode search(String word, String more)
      throws IOException, InterruptedException {
    return api.post(
        "/api/v1/logs/search",
        "{\"start\":%d,\"end\":%d,\"query\":\"%s\",\"limit\":1000%s}"
            .formatted(START - 1000, START + WINDOW_MILLIS, word, more));
  }

  private static boolean isPartial(JsonNode found) {
    return found.get("partial").asBoolean();
  }

  private static List<String> bodies(JsonNode found) {
    return found.get("rows").valueStream().map(row -> row.get("body").asString()).toList();
  }

  /** Waits until the ledger has all records that were sent, each once. */
  private static void assertLedger() {
    Await.untilAsserted(
        "the ledger has all that was sent",
        () -> {
          JsonNode ledger = api.get("/api/v1/ledger", Map.of());
          assertThat(isPartial(ledger)).as("partial").isFalse();
          assertThat(sum(ledger, "accepted")).isEqualTo(sentByAll);
          assertThat(sum(ledger, "stored") + sum(ledger, "inHead")).isEqualTo(sentByAll);
          assertThat(sum(ledger, "duplicate")).isZero();
        });
  }

  private static long sum(JsonNode ledger, String count) {
    return ledger
        .get("rows")
        .valueStream()
        .filter(row -> row.get("signal").asString().equals("logs"))
        .mapToLong(row -> row.get(count).asLong())
        .sum();
  }
}

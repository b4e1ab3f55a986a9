package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.testkit.Await;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rules, their alarms and the webhooks that tell of them, with a receiver on the same machine. */
@ExtendWith(SharedAom.class)
class AlarmIT {
  private final String run = UUID.randomUUID().toString().substring(0, 8);

  @Test
  void aRuleFiresOnceTellsOnceWithALinkThatOpensAndResolves(Aom aom) throws Exception {
    Api api = aom.api();
    String name = "Level " + run;
    try (Receiver receiver = Receiver.start(aom.webhookPort())) {
      api.sendGauge(run, "alarm.level", 1);
      String rule = makeRule(api, name, receiver.url());

      api.sendGauge(run, "alarm.level", 9);
      Await.until("told that it fires", () -> !receiver.callsOf(name).isEmpty());
      JsonNode told = receiver.callsOf(name).getFirst();
      assertThat(told.get("status").asString()).isEqualTo("firing");
      assertThat(told.get("externalURL").asString()).isEqualTo(api.url());
      assertThat(told.at("/alerts/0/labels/job").asString()).isEqualTo(run);
      linkOpensTheAlarm(api, URI.create(told.at("/alerts/0/generatorURL").asString()), name);

      api.sendGauge(run, "alarm.level", 2);
      Await.until("told that it resolved", () -> receiver.callsOf(name).size() > 1);
      assertThat(receiver.callsOf(name))
          .extracting(call -> call.get("status").asString())
          .containsExactly("firing", "resolved");
      List<JsonNode> alarms = alarms(api, name);
      assertThat(alarms).hasSize(1);
      assertThat(alarms.getFirst().get("state").asString()).isEqualTo("resolved");
      api.delete("/api/v1/alarm-rules/" + rule);
    }
  }

  @Test
  void noWebhookReachesAomsOwnOpenSearch(Aom aom) throws Exception {
    Api api = aom.api();
    String name = "Inside " + run;
    long port =
        aom.status()
            .get("processes")
            .valueStream()
            .filter(process -> process.get("name").asString().equals("opensearch"))
            .findFirst()
            .orElseThrow()
            .get("port")
            .asLong();
    api.sendGauge(run, "alarm.level", 9);
    String rule = makeRule(api, name, "http://127.0.0.1:" + port + "/stolen-" + run + "/_doc");

    Await.until(
        "abandoned, and said so",
        () -> aom.log("alarm-service").lines().anyMatch(line -> line.contains("loopback-ports")));

    HttpResponse<String> index =
        new Api("http://127.0.0.1:" + port, "").request("GET", "/stolen-" + run, null);
    assertThat(index.statusCode()).isEqualTo(404);
    api.delete("/api/v1/alarm-rules/" + rule);
  }

  private static void linkOpensTheAlarm(Api api, URI link, String name) throws Exception {
    assertThat(link.toString()).startsWith(api.url() + "/alarms?alarm=");
    HttpResponse<String> page = api.request("GET", link.getPath() + "?" + link.getQuery(), null);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<title>");
    String id = link.getQuery().substring("alarm=".length());
    assertThat(api.get("/api/v1/alarms/" + id, Map.of()).get("ruleName").asString())
        .isEqualTo(name);
  }

  private String makeRule(Api api, String name, String webhook) throws Exception {
    Map<String, Object> rule =
        Map.of(
            "name",
            name,
            "condition",
            Map.of("promql", "alarm_level{job=\"" + run + "\"} > 5"),
            "intervalSeconds",
            1,
            "severity",
            "minor",
            "receivers",
            List.of(Map.of("type", "webhook", "url", webhook)));
    return api.post("/api/v1/alarm-rules", JsonMapper.shared().writeValueAsString(rule))
        .get("id")
        .asString();
  }

  private static List<JsonNode> alarms(Api api, String rule) throws Exception {
    return api.get("/api/v1/alarms", Map.of())
        .get("alarms")
        .valueStream()
        .filter(alarm -> alarm.get("ruleName").asString().equals(rule))
        .toList();
  }
}

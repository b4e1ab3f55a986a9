package io.aom.alarm.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.alarm.evaluation.ProgressDocument;
import io.aom.alarm.evaluation.RuleTicks;
import io.aom.alarm.query.Answer;
import io.aom.alarm.query.ConditionQueries;
import io.aom.alarm.query.RecordingGroups;
import io.aom.alarm.rules.AlarmRules;
import io.aom.alarm.store.AlarmDocument;
import io.aom.alarm.store.AlarmDocument.ChangeDocument;
import io.aom.alarm.store.AlarmStore;
import io.aom.alarm.store.RuleDocument;
import io.aom.alarm.store.RuleStore;
import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.service.ServiceKitConfiguration;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API over the wire, with documents in memory and a condition that a test answers. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "aom.identity.secret=" + AlarmApiTest.SECRET)
class AlarmApiTest {
  static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  private static final String RULES = "/api/v1/alarm-rules";
  private static final String RULE =
      """
      {"name": "Errors", "condition": {"promql": "errors > 1"}, "forSeconds": 60,
       "intervalSeconds": 10, "severity": "critical", "labels": {"team": "shop"},
       "annotations": {"summary": "too many"},
       "receivers": [{"type": "webhook", "url": "https://hooks.example.com/T0/secret"}]%s}
      """;

  private static final String RECORDING_GROUP =
      """
      {"name":"node","file":"recording rules","interval":0.5,"limit":3,"evaluationTime":0.25,
       "lastEvaluation":"2026-11-26T12:00:00Z",
       "rules":[{"name":"job:up","type":"recording","health":"ok"},
                {"name":"job:down","type":"recording","health":"err","lastError":"no"}]}
      """;

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import({ServiceKitConfiguration.class, AlarmWebConfiguration.class})
  static class Application {
    @Bean
    RuleStore ruleStore() {
      return new RuleStore(new InMemoryDocumentStore<>(RuleDocument.TYPE));
    }

    @Bean
    InMemoryDocumentStore<AlarmDocument> alarmDocuments() {
      return new InMemoryDocumentStore<>(AlarmDocument.TYPE);
    }

    @Bean
    AlarmStore alarmStore(InMemoryDocumentStore<AlarmDocument> documents) {
      return new AlarmStore(documents);
    }

    @Bean
    InMemoryDocumentStore<ProgressDocument> progress() {
      return new InMemoryDocumentStore<>(ProgressDocument.TYPE);
    }

    @Bean
    RuleTicks ruleTicks(InMemoryDocumentStore<ProgressDocument> progress) {
      return new RuleTicks(progress);
    }

    @Bean
    RecordingGroups recordingGroups() {
      return tenant ->
          switch (tenant.value()) {
            case "prom" -> List.of(JsonMapper.shared().readTree(RECORDING_GROUP));
            case "twins" ->
                List.of(
                    JsonMapper.shared()
                        .readTree(RECORDING_GROUP.replace("node", "alarm rules every 10s")),
                    JsonMapper.shared().readTree(RECORDING_GROUP));
            default -> List.of();
          };
    }

    @Bean
    AtomicInteger changes() {
      return new AtomicInteger();
    }

    @Bean
    AlarmRules alarmRules(RuleStore rules, AtomicInteger changes) {
      ConditionQueries queries =
          (tenant, promql, at, patience) ->
              promql.contains("wrong")
                  ? new Answer.Refused("parse error at char 7")
                  : new Answer.Unsettled("nobody there");
      return new AlarmRules(rules, queries, InstantSource.system(), changes::incrementAndGet);
    }
  }

  @LocalServerPort private int port;
  @Autowired private InMemoryDocumentStore<AlarmDocument> alarms;
  @Autowired private InMemoryDocumentStore<ProgressDocument> progress;
  @Autowired private AtomicInteger changes;
  private final HttpClient http = HttpClient.newHttpClient();
  private final IdentityTokens tokens =
      new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system());

  private record Reply(int status, JsonNode body, HttpResponse<String> response) {}

  private Reply call(
      String method, String path, String tenant, Role role, String body, String... headers)
      throws IOException, InterruptedException {
    Identity identity = new Identity("key-1", new TenantId(tenant), Set.of(role));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header(IdentityTokens.HEADER, tokens.mint(identity))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    JsonNode json =
        JsonMapper.shared().readTree(response.body().isEmpty() ? "{}" : response.body());
    return new Reply(response.statusCode(), json, response);
  }

  private JsonNode create(String tenant) throws Exception {
    Reply created = call("POST", RULES, tenant, Role.EDITOR, RULE.formatted(""));
    assertThat(created.status()).isEqualTo(201);
    return created.body();
  }

  @Test
  void aRuleIsCreatedReadChangedAndDeleted() throws Exception {
    int before = changes.get();
    Reply created = call("POST", RULES, "crud", Role.EDITOR, RULE.formatted(""));
    assertThat(created.status()).isEqualTo(201);
    String id = created.body().path("id").asString();
    String version = created.body().path("version").asString();
    assertThat(created.response().headers().firstValue("Location")).contains(RULES + "/" + id);
    assertThat(created.response().headers().firstValue("ETag")).contains("\"" + version + "\"");
    assertThat(created.body().path("enabled").asBoolean()).isTrue();
    assertThat(created.body().path("keepFiringForSeconds").asInt()).isZero();

    JsonNode read = call("GET", RULES + "/" + id, "crud", Role.EDITOR, "").body();
    assertThat(read).isEqualTo(created.body());

    // What was read can be sent back as it is.
    Reply replaced = call("PUT", RULES + "/" + id, "crud", Role.EDITOR, read.toString());
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.body().path("version").asString()).isNotEqualTo(version);

    assertThat(call("DELETE", RULES + "/" + id, "crud", Role.EDITOR, "").status()).isEqualTo(204);
    assertThat(call("GET", RULES + "/" + id, "crud", Role.EDITOR, "").status()).isEqualTo(404);
    assertThat(call("DELETE", RULES + "/" + id, "crud", Role.EDITOR, "").status()).isEqualTo(404);
    assertThat(changes.get() - before).isEqualTo(3);
  }

  @Test
  void aStaleChangeIsRefused() throws Exception {
    JsonNode rule = create("stale");
    String path = RULES + "/" + rule.path("id").asString();
    assertThat(call("PUT", path, "stale", Role.EDITOR, rule.toString()).status()).isEqualTo(200);

    Reply conflict = call("PUT", path, "stale", Role.EDITOR, rule.toString());
    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.body().path("type").asString()).isEqualTo("urn:aom:problem:version-stale");
    String etag = "\"" + rule.path("version").asString() + "\"";
    assertThat(
            call("PUT", path, "stale", Role.EDITOR, RULE.formatted(""), "If-Match", etag).status())
        .isEqualTo(412);
    assertThat(call("DELETE", path, "stale", Role.EDITOR, "", "If-Match", etag).status())
        .isEqualTo(412);
    assertThat(call("PUT", path, "stale", Role.EDITOR, RULE.formatted("")).status()).isEqualTo(428);
  }

  @Test
  void anotherTenantsRuleDoesNotExist() throws Exception {
    JsonNode rule = create("mine");
    String path = RULES + "/" + rule.path("id").asString();

    assertThat(call("GET", path, "theirs", Role.ADMIN, "").status()).isEqualTo(404);
    assertThat(call("PUT", path, "theirs", Role.ADMIN, rule.toString()).status()).isEqualTo(404);
    assertThat(call("DELETE", path, "theirs", Role.ADMIN, "").status()).isEqualTo(404);
    assertThat(call("GET", RULES, "theirs", Role.ADMIN, "").body().path("rules")).isEmpty();
  }

  @Test
  void viewersReadWithoutSecretsAndChangeNothing() throws Exception {
    JsonNode rule = create("roles");
    String path = RULES + "/" + rule.path("id").asString();

    Reply read = call("GET", path, "roles", Role.VIEWER, "");
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.response().body()).doesNotContain("secret");
    assertThat(call("GET", RULES, "roles", Role.VIEWER, "").response().body())
        .contains("https://hooks.example.com/****")
        .doesNotContain("secret");
    assertThat(call("POST", RULES, "roles", Role.VIEWER, RULE.formatted("")).status())
        .isEqualTo(403);
    assertThat(call("PUT", path, "roles", Role.VIEWER, rule.toString()).status()).isEqualTo(403);
    assertThat(call("DELETE", path, "roles", Role.VIEWER, "").status()).isEqualTo(403);
    assertThat(call("GET", RULES, "roles", Role.AGENT, "").status()).isEqualTo(403);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          wrong condition   | {"name":"n","condition":{"promql":"wrong ("}}             | parse error at char 7
          no condition      | {"name":"n"}                                              | condition.promql
          no name           | {"condition":{"promql":"up"}}                             | name
          unknown member    | {"name":"n","condition":{"promql":"up"},"fro":1}          | fro
          unknown severity  | {"name":"n","condition":{"promql":"up"},"severity":"bad"} | severity
          for of an age     | {"name":"n","condition":{"promql":"up"},"forSeconds":99999999999999} | forSeconds
          other receiver    | {"name":"n","condition":{"promql":"up"},"receivers":[{"type":"fax"}]} | receivers.type
          no address        | {"name":"n","condition":{"promql":"up"},"receivers":[{"type":"webhook"}]} | receivers.url
          user in address   | {"name":"n","condition":{"promql":"up"},"receivers":[{"type":"webhook","url":"http://u:p@h/"}]} | receivers.url
          null label        | {"name":"n","condition":{"promql":"up"},"labels":{"a":null}} | labels
          not JSON          | {                                                         | body
          """)
  void aWrongRuleIsRefusedWithItsMember(String situation, String body, String detail)
      throws Exception {
    Reply reply = call("POST", RULES, "wrong", Role.EDITOR, body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.response().headers().firstValue("Content-Type"))
        .contains("application/problem+json");
    assertThat(reply.body().path("detail").asString()).contains(detail);
  }

  @Test
  void rulesComeInPages() throws Exception {
    for (int i = 0; i < 5; i++) {
      create("pages");
    }
    Reply first = call("GET", RULES + "?limit=3", "pages", Role.VIEWER, "");
    assertThat(first.body().path("rules")).hasSize(3);
    Reply second =
        call(
            "GET",
            RULES + "?limit=3&cursor=" + first.body().path("cursor").asString(),
            "pages",
            Role.VIEWER,
            "");
    assertThat(second.body().path("rules")).hasSize(2);
    assertThat(second.body().path("cursor").isNull()).isTrue();
    assertThat(call("GET", RULES + "?limit=0", "pages", Role.VIEWER, "").status()).isEqualTo(400);
  }

  @Test
  void rulesAndAlarmsAreThereAsPrometheusHasThem() throws Exception {
    String rule = create("prom").path("id").asString();
    put("p1", "prom", rule, "firing", "critical", 1_000, 1_000, "0.00125");
    put("p2", "prom", rule, "resolved", "critical", 2_000, 2_000, "2");
    put("p3", "prom", rule, "pending", "critical", 3_000, 3_000, "1200");
    progress.create("member-0", new ProgressDocument(0, Map.of(rule, 60_000L), null, null), "test");

    JsonNode alerts = call("GET", "/prometheus/api/v1/alerts", "prom", Role.VIEWER, "").body();
    assertThat(alerts.at("/data/alerts").size()).isEqualTo(2);
    assertThat(alerts.at("/data/alerts/0"))
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    """
                    {"labels":{"host":"h1"},"annotations":{},"state":"firing",
                     "activeAt":"1970-01-01T00:00:01Z","value":"1.25e-03"}
                    """));
    assertThat(alerts.at("/data/alerts/1/value").asString()).isEqualTo("1.2e+03");

    JsonNode group = rules("").at("/data/groups/0");
    assertThat(group.path("name").asString()).isEqualTo("alarm rules every 10s");
    assertThat(group.path("interval").asInt()).isEqualTo(10);
    assertThat(group.path("lastEvaluation").asString()).isEqualTo("1970-01-01T00:01:00Z");
    JsonNode answered = group.at("/rules/0");
    assertThat(answered.path("type").asString()).isEqualTo("alerting");
    assertThat(answered.path("name").asString()).isEqualTo("Errors");
    assertThat(answered.path("query").asString()).isEqualTo("errors > 1");
    assertThat(answered.path("duration").asInt()).isEqualTo(60);
    assertThat(answered.path("state").asString()).isEqualTo("firing");
    assertThat(answered.path("health").asString()).isEqualTo("ok");
    assertThat(answered.path("alerts").size()).isEqualTo(2);
    assertThat(answered.has("lastError")).isFalse();
    assertThat(answered.toString()).doesNotContain("secret");

    String why = "found duplicate series for the match group";
    progress.create(
        "member-1",
        new ProgressDocument(1, Map.of(rule, 70_000L), Map.of(rule, why), null),
        "test");
    JsonNode failed = rules("").at("/data/groups/0/rules/0");
    assertThat(failed.path("health").asString()).isEqualTo("err");
    assertThat(failed.path("lastError").asString()).isEqualTo(why);
    assertThat(failed.path("lastEvaluation").asString()).isEqualTo("1970-01-01T00:01:10Z");

    progress.create(
        "member-2",
        new ProgressDocument(
            2, Map.of(rule, 80_000L), Map.of(rule, "no answer within PT10S"), Set.of(rule)),
        "test");
    JsonNode never = rules("").at("/data/groups/0/rules/0");
    assertThat(never.path("health").asString()).isEqualTo("err");
    assertThat(never.path("lastEvaluation").asString()).isEqualTo("0001-01-01T00:00:00Z");

    for (String yes : List.of("true", "TRUE", "t", "T", "1")) {
      JsonNode without = rules("?exclude_alerts=" + yes).at("/data/groups/0/rules/0");
      assertThat(without.has("alerts")).as(yes).isTrue();
      assertThat(without.path("alerts").isNull()).as(yes).isTrue();
    }
    for (String no : List.of("", "False", "F", "0")) {
      assertThat(rules("?exclude_alerts=" + no).at("/data/groups/0/rules/0/alerts"))
          .as(no)
          .hasSize(2);
    }
    for (String none : List.of("?rule_name[]=x", "?rule_group[]=x", "?file[]=x")) {
      assertThat(rules(none.replace("[]", "%5B%5D")).at("/data/groups").size()).as(none).isZero();
    }
    assertThat(rules("?type=alert").at("/data/groups"))
        .isEqualTo(rules("?file%5B%5D=aom").at("/data/groups"));
    assertThat(rules("?type=Alert").path("data")).isEqualTo(rules("?type=alert").path("data"));
    assertThat(rules("?type=RECORD").path("data")).isEqualTo(rules("?type=record").path("data"));
    assertThat(rules("?type=record").at("/data/groups/0"))
        .isEqualTo(rules("").at("/data/groups/1"))
        .isEqualTo(JsonMapper.shared().readTree(RECORDING_GROUP));
    assertThat(rules("?rule_name%5B%5D=job:down").at("/data/groups").toString())
        .contains("job:down")
        .doesNotContain("job:up");
    assertThat(call("GET", "/api/v1/rules", "theirs", Role.VIEWER, "").body().at("/data/groups"))
        .isEmpty();
    for (String wrong : List.of("type=all", "exclude_alerts=yes", "group_next_token=x")) {
      Reply refused = call("GET", "/api/v1/rules?" + wrong, "prom", Role.VIEWER, "");
      assertThat(refused.status()).as(wrong).isEqualTo(400);
      assertThat(refused.body().path("errorType").asString()).as(wrong).isEqualTo("bad_data");
      assertThat(refused.body().path("error").asString())
          .contains(wrong.substring(0, wrong.indexOf('=')));
    }
  }

  @Test
  void groupsComeInPagesAlsoWhereAnAlarmRulesGroupIsCalledAsOneOfRecordingRules() throws Exception {
    create("twins");
    JsonNode all = rules("twins", "").at("/data/groups");
    assertThat(all).hasSize(3);
    assertThat(all.at("/0/name")).isEqualTo(all.at("/1/name"));

    List<JsonNode> paged = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = rules("twins", "?group_limit=1&group_next_token=" + next).path("data");
      assertThat(page.path("groups")).hasSize(1);
      paged.add(page.at("/groups/0"));
      next = page.path("groupNextToken").asString("");
    } while (!next.isEmpty() && paged.size() < 10);
    assertThat(paged).isEqualTo(all.valueStream().toList());

    Reply unknown =
        call("GET", "/api/v1/rules?group_limit=1&group_next_token=x", "twins", Role.VIEWER, "");
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.body().path("error").asString()).contains("group_next_token");
  }

  private JsonNode rules(String query) throws Exception {
    return rules("prom", query);
  }

  private JsonNode rules(String tenant, String query) throws Exception {
    Reply reply = call("GET", "/prometheus/api/v1/rules" + query, tenant, Role.VIEWER, "");
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
    return reply.body();
  }

  @Test
  void alarmsAreListedNewestFirstAndFiltered() throws Exception {
    put("a1", "firing", "critical", 1_000, 1_000, "1.5");
    put("a2", "resolved", "minor", 2_000, 2_500, "NaN");
    put("a3", "firing", "minor", 3_000, 3_000, "2");

    assertThat(ids("")).containsExactly("a3", "a2", "a1");
    assertThat(ids("?state=firing")).containsExactly("a3", "a1");
    assertThat(ids("?severity=minor&state=resolved")).containsExactly("a2");
    // Whatever was there in the range: what began before it and goes on, and what ended in it.
    assertThat(ids("?start=1970-01-01T00:00:02Z&end=3000")).containsExactly("a2", "a1");
    assertThat(ids("?start=2500&end=3001")).containsExactly("a3", "a2", "a1");
    assertThat(ids("?start=2501&end=3000")).containsExactly("a1");
    assertThat(ids("?start=2501&state=resolved")).isEmpty();
    assertThat(ids("?end=1000")).isEmpty();
    assertThat(call("GET", "/api/v1/alarms?state=bad", "alarms", Role.VIEWER, "").status())
        .isEqualTo(400);

    JsonNode alarm = call("GET", "/api/v1/alarms/a1", "alarms", Role.VIEWER, "").body();
    assertThat(alarm.path("value").asDouble()).isEqualTo(1.5);
    assertThat(alarm.path("startedAt").asString()).isEqualTo("1970-01-01T00:00:01Z");
    assertThat(alarm.path("history").path(0).path("state").asString()).isEqualTo("firing");
    assertThat(alarm.path("firedAt").asString()).isEqualTo("1970-01-01T00:00:01Z");
    assertThat(alarm.path("resolvedAt").isNull()).isTrue();
    assertThat(alarm.toString()).doesNotContain("secret");
    assertThat(
            call("GET", "/api/v1/alarms/a2", "alarms", Role.VIEWER, "")
                .body()
                .path("value")
                .asString())
        .isEqualTo("NaN");
    assertThat(call("GET", "/api/v1/alarms/a1", "theirs", Role.ADMIN, "").status()).isEqualTo(404);
    assertThat(call("GET", "/api/v1/alarms/none", "alarms", Role.VIEWER, "").status())
        .isEqualTo(404);
  }

  private List<String> ids(String query) throws Exception {
    return call("GET", "/api/v1/alarms" + query, "alarms", Role.VIEWER, "")
        .body()
        .path("alarms")
        .valueStream()
        .map(alarm -> alarm.path("id").asString())
        .toList();
  }

  private void put(
      String id, String state, String severity, long startedAt, long at, String value) {
    put(id, "alarms", "rule", state, severity, startedAt, at, value);
  }

  private void put(
      String id,
      String tenant,
      String ruleId,
      String state,
      String severity,
      long startedAt,
      long at,
      String value) {
    alarms.create(
        id,
        new AlarmDocument(
            id,
            tenant,
            ruleId,
            "Rule",
            severity,
            "f",
            state,
            "false",
            Map.of("host", "h1"),
            Map.of(),
            value,
            startedAt,
            at,
            null,
            List.of(new ChangeDocument(at, state, at, value)),
            List.of("https://hooks.example.com/secret"),
            at),
        "test");
  }
}

package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.testkit.Await;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One tenant tries to see what another one has, through every API that takes text from a caller.
 * Each way of asking is first shown to find the secret for its owner, so that finding nothing means
 * something.
 */
@ExtendWith(SharedAom.class)
class TenantsIT {
  private static final String TRACE = "5b8aa5a2d2c872e8321cf37308d69df2";

  /** Names that no tenant may have: parts of paths, of index expressions, of documents' ids. */
  private static final List<String> FORBIDDEN =
      List.of(
          "..",
          ".",
          "../default",
          "a/b",
          "a\\b",
          "*",
          "a*",
          "a,b",
          "_all",
          "-a",
          "A",
          "",
          " ",
          "a b",
          "a\u0000",
          "a%2f",
          "<a>",
          "a\"b",
          "日本",
          "a".repeat(64),
          "a:b",
          "a?b",
          "a#b",
          "+a",
          "{a}");

  private final Aom aom;

  /** What the thief may guess: the names. */
  private final String owner;

  private final String metric;

  /** What it may not see: nothing that it sends has this word in it. */
  private final String secret;

  private final Api owning;
  private final Api thief;

  TenantsIT(Aom aom) throws Exception {
    this.aom = aom;
    String run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
    owner = "vault-" + run;
    metric = "vault_gauge_" + run;
    secret = "pelican" + run;
    owning = admin(owner);
    thief = admin("thief-" + run);
  }

  @Test
  void nothingThatIsAskedShowsWhatAnotherTenantHas() throws Exception {
    sendSecrets(keyOf(owner, "agent"));
    String alarmRule = alarmRule();
    String recordingRule = recordingRule();
    Map<String, String> cursors = new LinkedHashMap<>();
    for (Map.Entry<String, String> question : honest().entrySet()) {
      Await.untilAsserted(
          question.getKey() + " finds it for its owner",
          Duration.ofMinutes(1),
          () ->
              assertThat(answer(owning, "GET", question.getValue(), null).body()).contains(secret));
    }
    for (String paged : List.of("/api/v1/logs/search", "/api/v1/traces")) {
      String first = paged + "?" + Api.form(window(Map.of("limit", 1)));
      JsonNode cursor =
          JsonMapper.shared().readTree(answer(owning, "GET", first, null).body()).path("cursor");
      if (cursor.isString()) {
        cursors.put(paged, cursor.asString());
      }
    }
    assertThat(cursors).as("cursors of the owner").isNotEmpty();

    SoftAssertions soft = new SoftAssertions();
    int attempts = 0;
    List<String> questions = new ArrayList<>(honest().values());
    questions.addAll(promqlAttempts());
    questions.addAll(logAttempts());
    questions.addAll(traceAttempts());
    cursors.forEach(
        (path, cursor) ->
            questions.add(path + "?" + Api.form(window(Map.of("limit", 1, "cursor", cursor)))));
    for (String question : questions) {
      attempts++;
      HttpResponse<String> answer = answer(thief, "GET", question, null);
      soft.assertThat(answer.body()).as(question).doesNotContain(secret);
      soft.assertThat(answer.statusCode()).as(question).isLessThan(500);
    }
    for (String path :
        List.of("/api/v1/alarm-rules/" + alarmRule, "/api/v1/recording-rules/" + recordingRule)) {
      for (String method : List.of("GET", "DELETE")) {
        attempts++;
        HttpResponse<String> answer = answer(thief, method, path, null);
        soft.assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(404);
        soft.assertThat(answer.body()).as(method + " " + path).doesNotContain(secret);
      }
      soft.assertThat(answer(owning, "GET", path, null).body()).as(path).contains(secret);
    }
    soft.assertAll();
    assertThat(attempts).isGreaterThan(150);
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Scope-OrgID", "X-AOM-Tenant"})
  void noHeaderMakesAnotherTenantOfACaller(String header) throws Exception {
    HttpResponse<String> named = answer(thief, "GET", "/api/v1/whoami", null, header, owner);
    assertThat(named.statusCode()).isEqualTo(403);
  }

  @Test
  void aForgedStatementOfIdentityIsOfNoUse() throws Exception {
    sendSecrets(keyOf(owner, "agent"));
    String question = honest().get("instant query");
    String statement = "tenant=" + owner + ";role=admin";

    HttpResponse<String> forged = answer(thief, "GET", question, null, "X-AOM-Identity", statement);

    assertThat(forged.statusCode()).isLessThan(500);
    assertThat(forged.body()).doesNotContain(secret);
  }

  @Test
  void anAdminOfATenantRulesItsOwnOnly() throws Exception {
    String key = null;
    for (JsonNode listed : owning.get("/api/v1/keys", Map.of()).get("keys")) {
      key = listed.get("id").asString();
    }

    assertThat(answer(thief, "DELETE", "/api/v1/keys/" + key, null).statusCode()).isEqualTo(404);
    assertThat(answer(thief, "GET", "/api/v1/keys", null).body()).doesNotContain(owner);
    assertThat(answer(thief, "GET", "/api/v1/tenants", null).body()).doesNotContain(owner);
    assertThat(answer(thief, "DELETE", "/api/v1/tenants/" + owner, null).statusCode())
        .isEqualTo(403);
    String wanted = "{\"name\":\"mine\",\"role\":\"viewer\",\"tenant\":\"%s\"}".formatted(owner);
    assertThat(answer(thief, "POST", "/api/v1/keys", wanted).statusCode()).isEqualTo(403);
    assertThat(answer(owning, "GET", "/api/v1/whoami", null).statusCode()).isEqualTo(200);
  }

  @Test
  void aTenantsNameIsNoPathAndNoPattern() throws Exception {
    SoftAssertions soft = new SoftAssertions();
    String before = answer(aom.api(), "GET", "/api/v1/tenants", null).body();
    for (String name : FORBIDDEN) {
      String tenant = JsonMapper.shared().writeValueAsString(Map.of("id", name, "name", "x"));
      soft.assertThat(answer(aom.api(), "POST", "/api/v1/tenants", tenant).statusCode())
          .as("tenant " + name)
          .isEqualTo(400);
      String key =
          JsonMapper.shared()
              .writeValueAsString(Map.of("name", "x", "role", "viewer", "tenant", name));
      soft.assertThat(answer(aom.api(), "POST", "/api/v1/keys", key).statusCode())
          .as("key of " + name)
          .isEqualTo(400);
    }
    soft.assertThat(answer(aom.api(), "GET", "/api/v1/tenants", null).body()).isEqualTo(before);
    soft.assertAll();
  }

  @Test
  void anIdIsNoPathAndNoPattern() throws Exception {
    sendSecrets(keyOf(owner, "agent"));
    List<String> ids =
        List.of(
            "..%2F..%2Fkeys",
            "%2e%2e",
            "*",
            "_all",
            "_search",
            "_mapping",
            "a%2Cb",
            "%00",
            "%25",
            "..;",
            "%5c..%5c",
            "%2A",
            "aom-*",
            "a%0d%0aX-A:b",
            "%3Fq=*",
            "%E6%97%A5",
            "%FF",
            "x".repeat(2000));
    SoftAssertions soft = new SoftAssertions();
    for (String route :
        List.of("keys", "tenants", "traces", "alarm-rules", "alarms", "recording-rules")) {
      for (String id : ids) {
        for (String method : List.of("GET", "DELETE")) {
          HttpResponse<String> answer = answer(thief, method, "/api/v1/" + route + "/" + id, null);
          String asked = method + " " + route + "/" + id;
          soft.assertThat(answer.statusCode()).as(asked).isBetween(400, 499);
          soft.assertThat(answer.body()).as(asked).startsWith("{").contains("\"detail\"");
          soft.assertThat(answer.body()).as(asked).doesNotContain(secret);
        }
      }
    }
    for (String id : ids) {
      HttpResponse<String> answer =
          answer(thief, "GET", "/prometheus/api/v1/label/" + id + "/values", null);
      soft.assertThat(answer.statusCode()).as("label " + id).isLessThan(500);
      soft.assertThat(answer.body()).as("label " + id).doesNotContain(secret);
    }
    soft.assertAll();
  }

  /** Questions that show the secret to its owner, by what they are. */
  private Map<String, String> honest() {
    Map<String, String> questions = new LinkedHashMap<>();
    questions.put("instant query", query(metric));
    questions.put(
        "range query",
        "/prometheus/api/v1/query_range?"
            + Api.form(window(Map.of("query", metric, "step", "60s"))));
    questions.put(
        "series", "/prometheus/api/v1/series?" + Api.form(window(Map.of("match[]", metric))));
    questions.put(
        "label values", "/prometheus/api/v1/label/word/values?" + Api.form(window(Map.of())));
    questions.put("labels of series", query("group by (word) ({__name__=~\"vault.*\"})"));
    questions.put("log search", logs("vault"));
    questions.put("traces", "/api/v1/traces?" + Api.form(window(Map.of("service", "vault"))));
    questions.put("a trace", "/api/v1/traces/" + TRACE);
    questions.put("services", "/api/v1/services?" + Api.form(window(Map.of())));
    questions.put("alarm rules", "/api/v1/alarm-rules");
    questions.put("recording rules", "/api/v1/recording-rules");
    questions.put("rules as Prometheus has them", "/prometheus/api/v1/rules");
    return questions;
  }

  private List<String> promqlAttempts() {
    List<String> selectors = new ArrayList<>();
    for (String label :
        List.of(
            "tenant",
            "__tenant__",
            "aom_tenant",
            "tenant_id",
            "org_id",
            "_tenant",
            "X-Scope-OrgID")) {
      String quoted = JsonMapper.shared().writeValueAsString(label);
      selectors.add("{__name__=~\".+\",%s=\"%s\"}".formatted(quoted, owner));
      selectors.add("{%s=\"%s\"}".formatted(quoted, owner));
      selectors.add("{%s=~\"%s|.*\",__name__=~\".+\"}".formatted(quoted, owner));
      selectors.add("{__name__=~\".+\"} or {%s=\"%s\"}".formatted(quoted, owner));
      selectors.add(
          "label_replace({__name__=~\".+\"},\"x\",\"%s\",%s,\"(.*)\")".formatted(owner, quoted));
    }
    selectors.addAll(
        List.of(
            "{__name__=~\".+\"}",
            "{__name__!=\"\"}",
            "{__name__=~\".*|%s\"}".formatted(metric),
            "{word=~\".+\"}",
            "{word!=\"\"} or {__name__=~\".+\"}",
            "{__name__=\"%s\\\"} or {__name__=~\\\".+\"}".formatted(metric),
            "{__name__=\"%s\"} unless on() absent(%s)".formatted(metric, metric),
            "max_over_time({__name__=~\".+\"}[1h:1m])",
            "last_over_time({__name__=~\".+\"}[1d] offset -1h)",
            "count_values(\"word\", {__name__=~\".+\"})",
            "info({__name__=~\".+\"}, {word=~\".+\"})",
            "topk(100000, {__name__=~\".+\"})",
            "limitk(100000, {__name__=~\".+\"})",
            "group by (word, service_name, job) ({__name__=~\".+\"})",
            "ALERTS",
            "{\"%s/../%s\"}".formatted("thief", metric),
            "{__name__=~\"(?i:VAULT.*)\"}"));
    List<String> attempts = new ArrayList<>();
    for (String selector : selectors) {
      attempts.add(query(selector));
      Map<String, Object> match = window(Map.of("match[]", selector));
      attempts.add("/prometheus/api/v1/series?" + Api.form(match));
      attempts.add("/prometheus/api/v1/label/word/values?" + Api.form(match));
    }
    attempts.add("/prometheus/api/v1/query_exemplars?" + Api.form(window(Map.of("query", metric))));
    attempts.add("/prometheus/api/v1/metadata");
    attempts.add("/prometheus/api/v1/status/tsdb");
    attempts.add("/prometheus/api/v1/alerts");
    attempts.add("/api/v1/cardinality?limit=1000");
    attempts.add("/api/v1/retention");
    attempts.add("/api/v1/ledger");
    return attempts;
  }

  private List<String> logAttempts() {
    List<String> attempts = new ArrayList<>();
    for (String text :
        List.of(
            "*",
            "\") OR *",
            "\\\") OR (\\\"",
            "* OR tenant:" + owner,
            "tenant:" + owner,
            "_index:*",
            "_id:*",
            "NOT nothing",
            "service:*",
            "service:vault",
            "tenant:*",
            "NOT tenant:x",
            "body:* OR tenant:*",
            "\"tenant\":\"" + owner + "\"",
            "){\"match_all\":{}}",
            "{\"query\":{\"match_all\":{}}}",
            "vault OR vault*",
            "tenant.keyword:=" + owner,
            "aom-blocks-*",
            "' OR '1'='1",
            "vault\" OR \"vault",
            "word:*",
            "a) OR (NOT a",
            "\u0000",
            "_exists_:word",
            "severity:>=trace")) {
      attempts.add(logs(text));
      attempts.add("/api/v1/logs/histogram?" + Api.form(window(Map.of("query", text))));
    }
    for (String field :
        List.of("tenant", "_tenant", "_index", "tenant.keyword", "\") OR *", "word", "*")) {
      String name = URLEncoder.encode("filter." + field, StandardCharsets.UTF_8);
      for (String value : List.of(owner, "*")) {
        attempts.add(
            "/api/v1/logs/search?"
                + Api.form(window(Map.of("limit", 1000)))
                + "&"
                + name
                + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8));
      }
    }
    return attempts;
  }

  private List<String> traceAttempts() {
    List<String> attempts = new ArrayList<>();
    for (String text :
        List.of(
            "*",
            "vault",
            "vault*",
            "\") OR *",
            "vault\",\"tenant\":\"" + owner,
            "tenant:" + owner,
            "{\"match_all\":{}}",
            owner + "/vault")) {
      for (String parameter : List.of("service", "operation", "tenant", "X-Scope-OrgID")) {
        attempts.add("/api/v1/traces?" + Api.form(window(Map.of(parameter, text, "limit", 100))));
      }
    }
    attempts.add("/api/v1/traces/" + TRACE + "?tenant=" + owner);
    attempts.add("/api/v1/services?" + Api.form(window(Map.of("tenant", owner))));
    attempts.add("/api/v1/topology?" + Api.form(window(Map.of("tenant", owner))));
    return attempts;
  }

  private String query(String promql) {
    return "/prometheus/api/v1/query?" + Api.form(Map.of("query", promql));
  }

  private String logs(String query) {
    return "/api/v1/logs/search?" + Api.form(window(Map.of("query", query, "limit", 1000)));
  }

  private static Map<String, Object> window(Map<String, ?> more) {
    Map<String, Object> parameters = new LinkedHashMap<>(more);
    Instant now = Instant.now();
    parameters.put("start", now.minusSeconds(3_000).toString());
    parameters.put("end", now.plusSeconds(60).toString());
    return parameters;
  }

  private void sendSecrets(Api agent) throws Exception {
    long now = System.currentTimeMillis();
    for (int i = 0; i < 2; i++) {
      agent.sendLog("vault", "vault holds " + secret + " number " + i);
    }
    agent.post(
        "/v1/metrics",
        """
        {"resourceMetrics":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"vault"}}]},
          "scopeMetrics":[{"metrics":[{"name":"%s","gauge":{"dataPoints":[
            {"timeUnixNano":"%d000000","asDouble":1,"attributes":[
              {"key":"word","value":{"stringValue":"%s"}}]}]}}]}]}]}
        """
            .formatted(metric, now, secret));
    // The secret is a span's name and a version in the one, the name of a service in the other.
    sendSpan(agent, TRACE, "vault", "open " + secret, now);
    sendSpan(agent, "6b8aa5a2d2c872e8321cf37308d69df2", secret, "open", now);
  }

  private void sendSpan(Api agent, String trace, String service, String name, long now)
      throws Exception {
    agent.post(
        "/v1/traces",
        """
        {"resourceSpans":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"%s"}},
          {"key":"service.version","value":{"stringValue":"%s"}}]},
          "scopeSpans":[{"spans":[{"traceId":"%s","spanId":"051581bf3cb55c13",
            "name":"%s","kind":2,"startTimeUnixNano":"%d000000",
            "endTimeUnixNano":"%d000000"}]}]}]}
        """
            .formatted(service, secret, trace, name, now - 20, now - 10));
  }

  private String alarmRule() throws Exception {
    return owning
        .post(
            "/api/v1/alarm-rules",
            """
            {"name":"%s","condition":{"promql":"%s > 2"},"severity":"major"}
            """
                .formatted(secret, metric))
        .get("id")
        .asString();
  }

  private String recordingRule() throws Exception {
    return owning
        .post(
            "/api/v1/recording-rules",
            """
            {"name":"%s","intervalSeconds":60,"rules":[{"record":"vault:gauge","expr":"%s"}]}
            """
                .formatted(secret, metric))
        .get("id")
        .asString();
  }

  /** Makes a tenant; its admin. */
  private Api admin(String tenant) throws Exception {
    aom.api().post("/api/v1/tenants", "{\"id\":\"%s\",\"name\":\"%s\"}".formatted(tenant, tenant));
    return keyOf(tenant, "admin");
  }

  private Api keyOf(String tenant, String role) throws Exception {
    JsonNode made =
        aom.api()
            .post(
                "/api/v1/keys",
                "{\"name\":\"%s\",\"role\":\"%s\",\"tenant\":\"%s\"}"
                    .formatted(role, role, tenant));
    return new Api(aom.api().url(), made.get("key").asString());
  }

  /** Asks again where a tenant's own rate of questions is used up. */
  private static HttpResponse<String> answer(
      Api api, String method, String path, @Nullable String json, String... headers) {
    return Await.get(
        method + " " + path + " is answered",
        Duration.ofSeconds(10),
        () -> {
          HttpResponse<String> response = api.request(method, path, json, headers);
          return response.statusCode() == 429 ? null : response;
        });
  }
}

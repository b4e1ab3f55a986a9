package io.aom.metrics.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.aom.blockstore.Retention;
import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.cardinality.Cardinality;
import io.aom.metrics.cardinality.MetricUses;
import io.aom.metrics.cardinality.MetricUsesDocument;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.query.Kept;
import io.aom.metrics.query.LabelQueries;
import io.aom.metrics.query.LocalStore;
import io.aom.metrics.query.MetricQueries;
import io.aom.metrics.query.QueryProperties;
import io.aom.metrics.query.RollupProperties;
import io.aom.metrics.query.TestQueries;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.service.ServiceKitConfiguration;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
    classes = PrometheusApiTest.Slice.class,
    properties = "aom.identity.secret=" + PrometheusApiTest.SECRET)
@AutoConfigureMockMvc
class PrometheusApiTest {
  static final String SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final long SECONDS = NOW.getEpochSecond();
  private static final String ALL = "{__name__=~\".+\"}";

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import({ServiceKitConfiguration.class, QueryWebConfiguration.class})
  static class Slice {
    @Bean
    LocalStore store() {
      LocalStore store = new LocalStore();
      long now = NOW.toEpochMilli();
      store.append(
          new TenantId("acme"),
          new RemoteWrite()
              .series(Labels.of("__name__", "up", "job", "a"), now - 30_000, 0, now, 1)
              .counter(Labels.of("__name__", "requests_total"), "Requests.", now, Double.NaN));
      store.metadata.save(
          new TenantId("acme"), Map.of("earlier", new MetricMetadata("gauge", "Before.", "s")));
      return store;
    }

    @Bean
    QueryProperties properties() {
      return new QueryProperties(
          11_000, 1_000_000, Duration.ofSeconds(30), 4, Duration.ofMinutes(5), 1000, null, null);
    }

    @Bean
    MetricUses uses() {
      return new MetricUses(
          new InMemoryDocumentStore<>(MetricUsesDocument.TYPE), 0, InstantSource.fixed(NOW));
    }

    @Bean
    MetricQueries queries(LocalStore store, MetricUses uses, QueryProperties properties) {
      return new MetricQueries(
          store, store, uses, properties, RollupProperties.DEFAULT, tenant -> Kept.ALL);
    }

    @Bean
    LabelQueries labels(LocalStore store) {
      return TestQueries.labels(store, () -> Kept.ALL);
    }

    @Bean
    Cardinality cardinality(LocalStore store) {
      return new Cardinality(store, store, QueryMemory.ENDLESS);
    }

    @Bean
    Retention retention() {
      return new Retention() {
        @Override
        public Duration longest(String tier) {
          return Duration.ofDays(30);
        }

        @Override
        public Duration of(TenantId tenant, String tier) {
          return tenant.value().equals("acme") ? Duration.ofDays(3) : longest(tier);
        }
      };
    }

    @Bean
    InstantSource queryClock() {
      return InstantSource.fixed(NOW);
    }
  }

  @Autowired private MockMvcTester http;
  @Autowired private LocalStore store;
  @Autowired private MetricQueries queries;
  @Autowired private QueryProperties limits;

  static String token() {
    return token("acme");
  }

  private static String token(String tenant) {
    return new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system())
        .mint(new Identity("test", new TenantId(tenant), Set.of(Role.VIEWER)));
  }

  private MvcTestResult get(String path, Object... values) {
    return http.get()
        .uri("/prometheus/api/v1" + path, values)
        .header(IdentityTokens.HEADER, token())
        .exchange();
  }

  @Test
  void saysWhatAQueryWasReadFrom() {
    for (String resolution : List.of("auto", "raw", "5m", "1h")) {
      assertThat(get("/query?stats=all&resolution=" + resolution + "&query={q}", "up"))
          .hasStatusOk()
          .hasHeader("X-AOM-Resolution", "raw") // Nothing is rolled up here.
          .bodyJson()
          .extractingPath("$.data.stats.resolution")
          .isEqualTo("raw");
    }
    assertThat(get("/query?resolution=2h&query={q}", "up"))
        .hasStatus(400)
        .bodyText()
        .contains("2h (expected: auto, raw, 5m or 1h)");
  }

  @Test
  void answersAnInstantQuery() {
    assertThat(get("/query?query={q}", "up"))
        .hasStatusOk()
        .hasHeader("X-AOM-Complete-Until", "1970-01-01T00:00:01Z")
        .bodyJson()
        .isStrictlyEqualTo(
            """
            {"status":"success","data":{"resultType":"vector","result":[
              {"metric":{"__name__":"up","job":"a"},"value":[%d,"1"]}]}}
            """
                .formatted(SECONDS));
  }

  @Test
  void bucketsSayWhichOfTheirBoundsBelongToThem() throws Exception {
    ProtoWriter exponential = new ProtoWriter(64).varint(1, 7).float64(3, 2).varint(4, 0);
    exponential.float64(5, 0.25).varint(6, 1);
    span(exponential, 8).bytes(9, new byte[] {4}, 0, 1); // 2 in the negative bucket
    span(exponential, 11).bytes(12, new byte[] {8}, 0, 1); // 4 in the positive one
    ProtoWriter custom = new ProtoWriter(64).varint(1, 3).float64(3, 9).sint(4, -53);
    span(custom, 11).bytes(12, new byte[] {6}, 0, 1); // 3 below the only bound
    custom.float64(16, 5);
    store.append(
        new TenantId("buckets"),
        new RemoteWrite()
            .histogram(
                Labels.of("__name__", "exponential"),
                exponential.varint(15, NOW.toEpochMilli()).toByteArray())
            .histogram(
                Labels.of("__name__", "custom"),
                custom.varint(15, NOW.toEpochMilli()).toByteArray()));

    assertThat(histogram("exponential"))
        .asString()
        .isEqualTo(
            "{\"count\":\"7\",\"sum\":\"2\",\"buckets\":[[1,\"-1\",\"-0.5\",\"2\"],"
                + "[3,\"-0.25\",\"0.25\",\"1\"],[0,\"0.5\",\"1\",\"4\"]]}");
    assertThat(histogram("custom"))
        .asString()
        .isEqualTo("{\"count\":\"3\",\"sum\":\"9\",\"buckets\":[[3,\"-Inf\",\"5\",\"3\"]]}");
  }

  /** One bucket, the first. */
  private static ProtoWriter span(ProtoWriter histogram, int field) {
    int span = histogram.begin(field);
    histogram.sint(1, 0).varint(2, 1);
    histogram.end(span);
    return histogram;
  }

  private JsonNode histogram(String query) throws UnsupportedEncodingException {
    MvcTestResult answer =
        http.get()
            .uri("/prometheus/api/v1/query?query={q}", query)
            .header(IdentityTokens.HEADER, token("buckets"))
            .exchange();
    return json(answer.getResponse().getContentAsString()).at("/data/result/0/histogram/1");
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 100_000})
  void nestedParenthesesAreRefusedWithTheirPlace(int depth) {
    MvcTestResult answer =
        http.post()
            .uri("/prometheus/api/v1/query")
            .header(IdentityTokens.HEADER, token())
            .contentType("application/x-www-form-urlencoded")
            .param("query", "(".repeat(depth) + "up" + ")".repeat(depth))
            .exchange();

    assertThat(answer).hasStatus(400);
    assertThat(answer).bodyJson().extractingPath("$.errorType").isEqualTo("bad_data");
    assertThat(answer)
        .bodyJson()
        .extractingPath("$.error")
        .asString()
        .containsPattern("\\d+:\\d+: parse error: ");
    assertThat(get("/query?query={q}", "1")).hasStatusOk();
  }

  @Test
  void longChainsOfOperatorsAreAnsweredButNotDrawnAsTrees() {
    String chain = "1" + "+1".repeat(5000);

    assertThat(post("/query", Map.of("query", chain, "time", "0")))
        .hasStatusOk()
        .bodyText()
        .contains("[0,\"5001\"]");
    assertThat(post("/parse_query", Map.of("query", "1" + "+1".repeat(299)))).hasStatusOk();
    for (String path : List.of("/parse_query", "/format_query")) {
      assertThat(post(path, Map.of("query", chain)))
          .hasStatus(400)
          .bodyText()
          .contains("bad_data", "expected: at most ");
    }
    assertThat(post("/query_exemplars", Map.of("query", "up" + "+up".repeat(20_000))))
        .hasStatusOk();
  }

  @Test
  void aCalculatedDurationThatIsNoneIsBadData() {
    assertThat(get("/query?query={q}", "rate(up[step()])"))
        .hasStatus(400)
        .bodyText()
        .contains("bad_data", "8:14: duration must be greater than 0");
  }

  @Test
  void answersAFormAsWell() {
    assertThat(post("/query", Map.of("query", "1+1", "time", "12.5")))
        .hasStatusOk()
        .bodyText()
        .contains("\"resultType\":\"scalar\",\"result\":[12.500,\"2\"]");
  }

  /** As Prometheus does; all selectors count, wherever they stand. */
  @Test
  void aFormComesBeforeTheQueryString() {
    assertThat(post("/query?query=1&time=1", Map.of("query", "2")))
        .bodyText()
        .contains("\"result\":[1,\"2\"]");
    assertThat(
            post(
                "/series?match%5B%5D=up&match[]=none",
                Map.of("match[]", "requests_total", "start", "0")))
        .bodyJson()
        .extractingPath("$.data.*.__name__")
        .asArray()
        .containsExactlyInAnyOrder("up", "requests_total");
  }

  @Test
  void parametersAreDescribed() {
    MvcTestResult answer = http.get().uri("/v3/api-docs").exchange();
    String range = "$.paths['/prometheus/api/v1/query_range'].get.parameters";

    assertThat(answer).hasStatusOk();
    assertThat(answer)
        .bodyJson()
        .extractingPath(range + "[?(@.required == true)].name")
        .asArray()
        .containsExactly("query", "start", "end", "step");
    assertThat(answer).bodyJson().extractingPath(range + "[?(!@.description)]").asArray().isEmpty();
  }

  private MvcTestResult post(String path, Map<String, String> form) {
    var request =
        http.post()
            .uri(URI.create("/prometheus/api/v1" + path.replace("[]", "%5B%5D")))
            .header(IdentityTokens.HEADER, token())
            .contentType("application/x-www-form-urlencoded");
    form.forEach(request::param);
    return request.exchange();
  }

  @Test
  void answersARangeQueryWithBothEnds() {
    assertThat(
            get(
                "/query_range?query={q}&start={s}&end={e}&step=30s",
                "up + 1",
                SECONDS - 30,
                NOW.toString()))
        .hasStatusOk()
        .bodyJson()
        .isStrictlyEqualTo(
            """
            {"status":"success","data":{"resultType":"matrix","result":[
              {"metric":{"job":"a"},"values":[[%d,"1"],[%d,"2"]]}]}}
            """
                .formatted(SECONDS - 30, SECONDS));
  }

  @Test
  void answersARangeVectorAndAString() {
    assertThat(get("/query?query={q}", "up[1m]"))
        .bodyJson()
        .extractingPath("$.data.result[0].values.length()")
        .isEqualTo(2);
    assertThat(get("/query?query={q}", "\"hi\""))
        .bodyJson()
        .extractingPath("$.data.resultType")
        .isEqualTo("string");
  }

  @Test
  void writesNotANumberAsText() {
    assertThat(get("/query?query={q}", "requests_total"))
        .bodyJson()
        .extractingPath("$.data.result[0].value[1]")
        .isEqualTo("NaN");
  }

  @Test
  void namesSeriesLabelsValuesAndMetadata() {
    assertThat(get("/series?match[]={m}", "up"))
        .bodyJson()
        .extractingPath("$.data")
        .isEqualTo(List.of(Map.of("__name__", "up", "job", "a")));
    assertThat(get("/labels"))
        .bodyJson()
        .extractingPath("$.data")
        .isEqualTo(List.of("__name__", "job"));
    assertThat(get("/label/__name__/values?limit=1"))
        .bodyJson()
        .extractingPath("$.data")
        .isEqualTo(List.of("requests_total"));
    assertThat(get("/metadata"))
        .bodyJson()
        .extractingPath("$.data.requests_total[0].help")
        .isEqualTo("Requests.");
    assertThat(get("/status/buildinfo")).hasStatusOk();
  }

  @Test
  void metadataIsThatOfHeadsAndOfBeforeThemAsManyAsAreAskedFor() {
    String before =
        """
        {"status":"success","data":{
          "earlier":[{"type":"gauge","help":"Before.","unit":"s"}]}}
        """;
    assertThat(get("/metadata?limit=1")).bodyJson().isStrictlyEqualTo(before);
    assertThat(get("/metadata?metric=earlier&limit_per_metric=1"))
        .bodyJson()
        .isStrictlyEqualTo(before);
    assertThat(get("/metadata?limit=-1&limit_per_metric=0"))
        .bodyJson()
        .extractingPath("$.data.*")
        .asArray()
        .hasSize(2);
    assertThat(get("/metadata?metric=requests_total"))
        .bodyJson()
        .extractingPath("$.data.requests_total[0].type")
        .isEqualTo("counter");
    assertThat(post("/metadata", Map.of("metric", "requests_total"))).hasStatus(405);
    for (String nothing : List.of("limit=0", "metric=none")) {
      assertThat(get("/metadata?" + nothing))
          .bodyJson()
          .isStrictlyEqualTo("{\"status\":\"success\",\"data\":{}}");
    }
    for (String wrong : List.of("limit=x", "limit_per_metric=x")) {
      assertThat(get("/metadata?" + wrong)).hasStatus(400);
    }
  }

  @Test
  void withPartitionsMissingItAnswersOnlyWhoTakesWhatThereIs() {
    store.unreachable = List.of(3);
    try {
      for (String path :
          List.of(
              "/query?query={q}",
              "/series?match[]={q}",
              "/labels?x={q}",
              "/label/job/values?x={q}",
              "/metadata?x={q}",
              "/status/tsdb?x={q}")) {
        assertThat(get(path, "up")).as(path).hasStatus(503).hasHeader("Retry-After", "1");
        assertThat(get(path, "up"))
            .bodyJson()
            .extractingPath("$.errorType")
            .isEqualTo("unavailable");
        MvcTestResult answer = get(path + "&partial_response=true", "up");
        assertThat(answer).hasStatusOk().hasHeader("X-AOM-Partial", "true");
        assertThat(answer).bodyText().contains("\"warnings\":[\"partial answer, without ");
      }
    } finally {
      store.unreachable = List.of();
    }
  }

  @Test
  void whileBlocksCannotBeReadItAnswersFromHeadsForWhoTakesWhatThereIs() {
    store.blocksAway = true;
    try {
      for (String path :
          List.of(
              "/query?query={q}",
              "/query_range?start=1&end=2&step=1&query={q}",
              "/query_exemplars?start=1&end=2&query={q}",
              "/series?match[]={q}",
              "/labels?x={q}",
              "/label/job/values?x={q}")) {
        assertThat(get(path, "up")).as(path).hasStatus(503);
        assertThat(get(path, "up"))
            .bodyText()
            .contains("the answer would lack stored data of ", "partial_response=true");
        MvcTestResult answer = get(path + "&partial_response=true", "up");
        assertThat(answer).hasStatusOk().hasHeader("X-AOM-Partial", "true");
        assertThat(answer)
            .bodyText()
            .contains("\"warnings\":[\"partial answer, without stored data of ");
      }
      assertThat(get("/query?partial_response=true&query={q}", "up"))
          .bodyJson()
          .extractingPath("$.data.result.length()")
          .isEqualTo(1);
    } finally {
      store.blocksAway = false;
    }
    assertThat(get("/query?query={q}", "up")).hasStatusOk().doesNotContainHeader("X-AOM-Partial");
  }

  @Test
  void whileOtherQueriesHoldAllMemoryItAsksToComeBack() {
    List<QueryMemory.Account> others = new ArrayList<>();
    try {
      for (long held = 0; held < limits.maxTotalMemoryBytes(); held += limits.maxMemoryBytes()) {
        QueryMemory.Account other = queries.memory().open();
        others.add(other);
        other.hold(Math.min(limits.maxMemoryBytes(), limits.maxTotalMemoryBytes() - held));
      }
      MvcTestResult answer = get("/query?query={q}", "up");
      assertThat(answer).hasStatus(503).hasHeader("Retry-After", "1");
      assertThat(answer).bodyJson().extractingPath("$.errorType").isEqualTo("unavailable");
      assertThat(answer).bodyText().contains("aom.metrics.query.max-total-memory");
    } finally {
      others.forEach(QueryMemory.Account::close);
    }
    assertThat(get("/query?query={q}", "up")).hasStatusOk();
    assertThat(queries.memory().reservedBytes()).isZero();
  }

  @Test
  void saysWhatALimitLeftOut() {
    for (String path :
        List.of(
            "/query?limit={n}&query={q}",
            "/series?limit={n}&match[]={q}",
            "/labels?limit={n}&x={q}",
            "/label/__name__/values?limit={n}&x={q}")) {
      assertThat(get(path, 100, ALL)).bodyText().doesNotContain("truncated");
      assertThat(get(path, 1, ALL))
          .bodyJson()
          .extractingPath("$.warnings")
          .isEqualTo(List.of("results truncated due to limit"));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-1, 1", "0s, 1", "10m, 1", "5, 0"})
  void withoutALookbackItLooksBackAsUsual(String lookback, int found) {
    assertThat(get("/query?query={q}&time={t}&lookback_delta=" + lookback, "up", SECONDS + 10))
        .bodyJson()
        .extractingPath("$.data.result.length()")
        .isEqualTo(found);
  }

  @Test
  void ofManyWarningsTheFirstAreWrittenTheLimitBeforeThem() throws Exception {
    StringBuilder query = new StringBuilder(ALL);
    for (int i = 2; i <= 13; i++) {
      query.append(" or quantile(").append(i).append(", up)");
    }
    String answer =
        get("/query?limit=1&query={q}", query.toString()).getResponse().getContentAsString();

    List<String> warnings = JsonPath.read(answer, "$.warnings");
    assertThat(warnings).hasSize(11).startsWith(PrometheusJson.TRUNCATED);
    assertThat(warnings.subList(1, 10)).allMatch(one -> one.startsWith("PromQL warning: quantile"));
    assertThat(warnings.getLast()).isEqualTo("3 more warning annotations omitted");
  }

  @Test
  void saysWhatAQueryTook() {
    assertThat(get("/query?query={q}", "up")).bodyText().doesNotContain("stats");
    MvcTestResult answer = get("/query?query={q}&stats=all", "up[1m]");
    // A value of a range is held with its time.
    assertThat(answer)
        .bodyJson()
        .extractingPath("$.data.stats.samples")
        .isEqualTo(Map.of("totalQueryableSamples", 2, "samplesRead", 2, "peakSamples", 4));
    assertThat(answer)
        .bodyJson()
        .extractingPath("$.data.stats.timings")
        .asMap()
        .containsOnlyKeys(
            "evalTotalTime",
            "resultSortTime",
            "queryPreparationTime",
            "innerEvalTime",
            "execQueueTime",
            "execTotalTime");
    assertThat(answer)
        .bodyJson()
        .extractingPath("$.data.stats.timings.execTotalTime")
        .asNumber()
        .satisfies(seconds -> assertThat(seconds.doubleValue()).isPositive());
  }

  @ParameterizedTest(name = "{0} holds {1}")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          1                         ; 0
          up                        ; 5
          up + up                   ; 15
          up + (up + up)            ; 20
          count_over_time(up[1m])   ; 5
          """)
  void saysHowManyValuesAQueryHeldAtMost(String query, int peak) {
    assertThat(
            get(
                "/query_range?query={q}&start={s}&end={e}&step=10s&stats=all",
                query,
                SECONDS - 10,
                SECONDS + 30))
        .bodyJson()
        .extractingPath("$.data.stats.samples.peakSamples")
        .isEqualTo(peak);
  }

  @Test
  void speaksUnderBothPrefixes() {
    MvcTestResult answer =
        http.get()
            .uri("/api/v1/query?query={q}", "1+1")
            .header(IdentityTokens.HEADER, token())
            .exchange();

    assertThat(answer).bodyJson().extractingPath("$.data.result[1]").isEqualTo("2");
  }

  @Test
  void findsLabelsWithNamesThatDoNotGoIntoAPath() {
    store.append(
        new TenantId("acme"),
        new RemoteWrite()
            .series(
                Labels.of("__name__", "dotted", "service.name", "shop", "a_b", "c"),
                NOW.toEpochMilli(),
                1));

    assertThat(get("/label/U__service_2e_name/values"))
        .bodyJson()
        .extractingPath("$.data")
        .isEqualTo(List.of("shop"));
    assertThat(get("/label/U__a__b/values"))
        .bodyJson()
        .extractingPath("$.data")
        .isEqualTo(List.of("c"));
    assertThat(get("/label/U__broken_2/values"))
        .bodyJson()
        .extractingPath("$.data")
        .isEqualTo(List.of());
  }

  @Test
  void answersExemplars() {
    store.append(
        new TenantId("acme"),
        new RemoteWrite()
            .exemplar(
                Labels.of("__name__", "hits_total", "job", "a"),
                NOW.toEpochMilli(),
                6,
                NOW.toEpochMilli() - 250,
                "trace_id",
                "abc"));

    assertThat(get("/query_exemplars?query={q}", "rate(hits_total[5m])"))
        .bodyJson()
        .isStrictlyEqualTo(
            """
            {"status":"success","data":[{
              "seriesLabels":{"__name__":"hits_total","job":"a"},
              "exemplars":[{"labels":{"trace_id":"abc"},"value":"6","timestamp":%d.750}]}]}
            """
                .formatted(SECONDS - 1));
    assertThat(get("/query_exemplars?query={q}&start=2&end=1", "up")).hasStatus(400);
  }

  @Test
  void exemplarsAreThoseOfAllTimesUnlessTimesAreGiven() {
    long old = NOW.minus(Duration.ofDays(90)).toEpochMilli();
    long soon = NOW.toEpochMilli() + 5_000;
    Labels labels = Labels.of("__name__", "visits_total", "job", "a");
    store.append(
        new TenantId("acme"),
        new RemoteWrite()
            .exemplar(labels, old, 1, old, "trace_id", "old")
            .exemplar(labels, soon, 2, soon, "trace_id", "soon"));

    assertThat(exemplars("")).containsExactly("old", "soon");
    assertThat(exemplars("&start=" + SECONDS)).containsExactly("soon");
    assertThat(exemplars("&end=" + SECONDS)).containsExactly("old");
    assertThat(exemplars("&start=" + (SECONDS - 9) + "&end=" + SECONDS)).isEmpty();
  }

  private List<String> exemplars(String times) {
    String answer;
    try {
      answer =
          get("/query_exemplars?query={q}" + times, "visits_total")
              .getResponse()
              .getContentAsString();
    } catch (UnsupportedEncodingException e) {
      throw new AssertionError(e);
    }
    return JsonPath.read(answer, "$.data[*].exemplars[*].labels.trace_id");
  }

  @Test
  void takesAQueryApart() {
    assertThat(
            get(
                "/parse_query?query={q}",
                "sum by (job) (rate(up{job=~\"a|b\"}[5m] offset 1m)) / on (job) group_left (x)"
                    + " -foo @ end()"))
        .bodyJson()
        .isStrictlyEqualTo(
            """
            {"status":"success","data":{
              "type":"binaryExpr","op":"/","bool":false,
              "matching":{"card":"many-to-one","labels":["job"],"on":true,"include":["x"],
                "fillValues":{"lhs":null,"rhs":null}},
              "lhs":{"type":"aggregation","op":"sum","param":null,"grouping":["job"],
                "without":false,
                "expr":{"type":"call",
                  "func":{"name":"rate","argTypes":["matrix"],"variadic":0,"returnType":"vector"},
                  "args":[{"type":"matrixSelector","name":"up","range":300000,"rangeExpr":null,
                    "offset":60000,"offsetExpr":null,
                    "timestamp":null,"startOrEnd":null,"anchored":false,"smoothed":false,
                    "matchers":[
                      {"name":"job","value":"a|b","type":"=~"},
                      {"name":"__name__","value":"up","type":"="}]}]}},
              "rhs":{"type":"unaryExpr","op":"-","expr":{
                "type":"vectorSelector","name":"foo","offset":0,"offsetExpr":null,"timestamp":null,
                "startOrEnd":"end","anchored":false,"smoothed":false,
                "matchers":[{"name":"__name__","value":"foo","type":"="}]}}}}
            """);
  }

  @Test
  void takesCalculatedDurationsApart() {
    assertThat(
            get(
                "/parse_query?query={q}",
                "max_over_time(up[step() * 2:(30)] offset -max_of(1m30s, (range() - 5)))"))
        .bodyJson()
        .extractingPath("$.data.args[0]")
        .satisfies(
            subquery ->
                assertThat(json(subquery))
                    .isEqualTo(
                        json(
                            """
                            {"type":"subquery",
                             "expr":{"type":"vectorSelector","name":"up","offset":0,
                               "offsetExpr":null,"timestamp":null,"startOrEnd":null,
                               "anchored":false,"smoothed":false,
                               "matchers":[{"name":"__name__","value":"up","type":"="}]},
                             "range":0,
                             "rangeExpr":{"type":"durationExpr","op":"*","wrapped":false,
                               "lhs":{"type":"durationExpr","op":"step","lhs":null,"rhs":null,
                                 "wrapped":false},
                               "rhs":{"type":"numberLiteral","val":"2","duration":false}},
                             "step":0,
                             "stepExpr":{"type":"durationExpr","op":"+","wrapped":true,"lhs":null,
                               "rhs":{"type":"numberLiteral","val":"30","duration":false}},
                             "offset":0,
                             "offsetExpr":{"type":"durationExpr","op":"-","wrapped":false,
                               "lhs":null,
                               "rhs":{"type":"durationExpr","op":"max_of","wrapped":false,
                                 "lhs":{"type":"numberLiteral","val":"90","duration":true},
                                 "rhs":{"type":"durationExpr","op":"-","wrapped":true,
                                   "lhs":{"type":"durationExpr","op":"range","lhs":null,
                                     "rhs":null,"wrapped":false},
                                   "rhs":{"type":"numberLiteral","val":"5","duration":false}}}},
                             "timestamp":null,"startOrEnd":null}
                            """)));
  }

  private static JsonNode json(Object value) {
    JsonMapper mapper = JsonMapper.shared();
    return value instanceof String text ? mapper.readTree(text) : mapper.valueToTree(value);
  }

  @Test
  void countsTheSeriesInMemory() throws Exception {
    MvcTestResult answer = get("/status/tsdb?limit=1");

    assertThat(answer).hasStatusOk();
    assertThat(answer)
        .bodyJson()
        .extractingPath("$.data.headStats.maxTime")
        .isEqualTo(NOW.toEpochMilli());
    assertThat(answer)
        .bodyJson()
        .extractingPath("$.data.seriesCountByLabelValuePair.length()")
        .isEqualTo(1);
    int series =
        JsonPath.read(
            get("/series?match[]={m}", ALL).getResponse().getContentAsString(), "$.data.length()");
    assertThat(answer).bodyJson().extractingPath("$.data.headStats.numSeries").isEqualTo(series);
    assertThat(answer)
        .bodyJson()
        .extractingPath("$.data.labelValueCountByLabelName[0].name")
        .isEqualTo("__name__");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/status/buildinfo",
        "/status/runtimeinfo",
        "/status/flags",
        "/status/config",
        "/targets",
        "/alertmanagers",
        "/features"
      })
  void answersWhatClientsAskFirst(String path) {
    assertThat(get(path)).hasStatusOk();
    assertThat(get(path)).bodyJson().extractingPath("$.status").isEqualTo("success");
  }

  @Test
  void saysHowLongTheTenantsOwnSamplesAreKept() {
    assertThat(get("/status/flags"))
        .bodyJson()
        .extractingPath("$.data['storage.tsdb.retention.time']")
        .isEqualTo("3d");
    assertThat(get("/status/runtimeinfo"))
        .bodyJson()
        .extractingPath("$.data.storageRetention")
        .isEqualTo("3d");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing              |                | 400 | none or not whole
          no snappy            | 7f6761726261   | 400 | snappy
          longer than an array | ffffffff0f     | 400 | snappy
          a cut message        | 02040a05       | 400 | remote read
          """)
  void remoteReadRefusesWhatIsNoRequest(String situation, String hex, int status, String said) {
    byte[] body = hex == null ? new byte[0] : HexFormat.of().parseHex(hex.replace(" ", ""));
    MvcTestResult answer =
        http.post()
            .uri("/prometheus/api/v1/read")
            .header(IdentityTokens.HEADER, token())
            .contentType("application/x-protobuf")
            .content(body)
            .exchange();

    assertThat(answer).hasStatus(status);
    assertThat(answer).bodyJson().extractingPath("$.errorType").isEqualTo("bad_data");
    assertThat(answer).bodyText().contains(said);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          /query?query={q}                                  ; sum(up       ; 400 ; bad_data ; 1:7: parse error: unclosed left parenthesis
          /query?query={q}                                  ; up{job=~"("} ; 400 ; bad_data ; 1:4: parse error: error parsing regexp: missing closing ): `(`
          /query?query={q}                                  ; foo bar      ; 400 ; bad_data ; 1:5: parse error: unexpected identifier "bar"
          /query?query={q}                                  ; {a=~".*"}    ; 400 ; bad_data ; at least one non-empty matcher
          /query?query={q}&time=yesterday                   ; up           ; 400 ; bad_data ; invalid parameter "time"
          /query_exemplars?query={q}&start=-200000000-01-01T00:00:00Z ; up ; 400 ; bad_data ; to a valid timestamp
          /query?query={q}&timeout=so"on                    ; up           ; 400 ; bad_data ; cannot parse "so\\"on" to a valid duration
          /query?query={q}&timeout=soon                     ; up           ; 400 ; bad_data ; invalid parameter "timeout"
          /query?query={q}&timeout=0                        ; up           ; 503 ; timeout  ; query timed out
          /query?query={q}&timeout=-8e12                    ; 1            ; 503 ; timeout  ; query timed out
          /query?query={q}&timeout=0                        ; up{          ; 400 ; bad_data ; parse error
          /query_range?query={q}&start=0&end=1&step=1&timeout=-1 ; up      ; 503 ; timeout  ; query timed out
          /query?query={q}&lookback_delta=long              ; up           ; 400 ; bad_data ; invalid parameter "lookback_delta"
          /query?query={q}&consistency=sure                 ; up           ; 400 ; bad_data ; expected: strong or eventual
          /query?x={q}                                      ; up           ; 400 ; bad_data ; invalid parameter "query"
          /query?query={q}                                  ; {__name__=~".+"}[5d:1s] ; 422 ; execution ; too many samples into memory
          /query?query={q}                                  ; up + on() {__name__=~".+"} ; 422 ; execution ; many-to-many
          /query_range?query={q}&start=0&end=1              ; up           ; 400 ; bad_data ; invalid parameter "step"
          /query_range?query={q}&start=0&end=1&step=0       ; up           ; 400 ; bad_data ; zero or negative
          /query_range?query={q}&start=2&end=1&step=1       ; up           ; 400 ; bad_data ; must not be before start
          /query_range?query={q}&start=0&end=11001&step=1   ; up           ; 400 ; bad_data ; 11,000 points
          /query_range?query={q}&start=0&end=9999999&step=1 ; up           ; 400 ; bad_data ; 11,000 points
          /query_range?query={q}&start=0&end=9&step=1       ; up[5m]       ; 400 ; bad_data ; invalid expression type
          /series?x={q}                                     ; up           ; 400 ; bad_data ; match[]
          /series?match[]={q}                               ; up{          ; 400 ; bad_data ; invalid parameter "match[]": 1:4: parse error
          """)
  void refusesInPrometheusWords(
      String path, String query, int status, String type, String message) {
    MvcTestResult answer = get(path, query);

    assertThat(answer).hasStatus(status);
    assertThat(answer).bodyJson().extractingPath("$.status").isEqualTo("error");
    assertThat(answer).bodyJson().extractingPath("$.errorType").isEqualTo(type);
    assertThat(answer).bodyJson().extractingPath("$.error").asString().contains(message);
  }

  @Test
  void wantsAnIdentity() {
    assertThat(http.get().uri("/prometheus/api/v1/query?query=up")).hasStatus(401);
  }
}

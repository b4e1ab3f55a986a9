package io.aom.topology.query.web;

import static io.aom.topology.SpanFixture.MILLI;
import static io.aom.topology.SpanFixture.NOON;
import static io.aom.topology.SpanFixture.NOON_MILLIS;
import static io.aom.topology.SpanFixture.TENANT;
import static io.aom.topology.SpanFixture.client;
import static io.aom.topology.SpanFixture.record;
import static io.aom.topology.SpanFixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.service.ServiceKitConfiguration;
import io.aom.topology.MemoryBlocks;
import io.aom.topology.query.GraphQueries;
import io.aom.topology.query.QueryLimits;
import io.aom.topology.query.TraceQueries;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Names on the wire, status codes and problems; the store is a double in memory. */
@SpringBootTest(
    classes = ControllersTest.Slice.class,
    properties = "aom.identity.secret=" + ControllersTest.SECRET)
@AutoConfigureMockMvc
class ControllersTest {
  static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final String WINDOW = "start=" + NOON_MILLIS + "&end=" + (NOON_MILLIS + 60_000);

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import({ServiceKitConfiguration.class, WebConfiguration.class})
  static class Slice {
    private static final QueryLimits LIMITS = new QueryLimits(50, 100, 100);

    @Bean
    MemoryBlocks store() {
      MemoryBlocks store = new MemoryBlocks();
      store.append(
          0,
          record(
              0,
              server("front", 1, 1).event(NOON + MILLI, "boom").error(),
              client("front", 1, 2)
                  .parent(1)
                  .start(NOON + MILLI, 2 * MILLI)
                  .attribute("db.system.name", "redis")));
      return store;
    }

    @Bean
    TraceQueries traces(MemoryBlocks store) {
      return new TraceQueries(store, store, LIMITS);
    }

    @Bean
    GraphQueries graph(MemoryBlocks store) {
      return new GraphQueries(store, store, LIMITS);
    }
  }

  @Autowired private MockMvcTester mvc;
  @Autowired private MemoryBlocks store;

  private MvcTestResult get(String path) {
    IdentityTokens tokens = new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system());
    Identity identity = new Identity("test", TENANT, Set.of(Role.VIEWER));
    return mvc.get().uri(path).header(IdentityTokens.HEADER, tokens.mint(identity)).exchange();
  }

  @Test
  void aTraceOnTheWire() {
    assertThat(get("/api/v1/traces/00000000000000070000000000000001"))
        .hasStatusOk()
        .bodyJson()
        .isStrictlyEqualTo(
            """
            {"traceId":"00000000000000070000000000000001","partial":false,"spans":[
             {"spanId":"0000000000000001","service":"front","operation":"GET /front",
              "kind":"SERVER","start":"2026-01-31T12:00:00Z","startUnixNano":"1769860800000000000",
              "durationNanos":5000000,"status":"ERROR","statusMessage":"broken","attributes":{},
              "resource":{"service.name":"front","host.name":"host-front"},
              "events":[{"time":"2026-01-31T12:00:00.001Z","name":"boom","attributes":{}}],
              "links":[]},
             {"spanId":"0000000000000002","parentSpanId":"0000000000000001","service":"front",
              "operation":"call","kind":"CLIENT","start":"2026-01-31T12:00:00.001Z",
              "startUnixNano":"1769860800001000000","durationNanos":2000000,"status":"UNSET",
              "statusMessage":"","attributes":{"db.system.name":"redis"},
              "resource":{"service.name":"front","host.name":"host-front"},
              "events":[],"links":[]}]}
            """);
  }

  @Test
  void aListOfTracesOnTheWire() {
    assertThat(get("/api/v1/traces?" + WINDOW))
        .hasStatusOk()
        .bodyJson()
        .isStrictlyEqualTo(
            """
            {"traces":[{"traceId":"00000000000000070000000000000001","rootService":"front",
              "rootOperation":"GET /front","start":"2026-01-31T12:00:00Z","durationNanos":5000000,
              "spanCount":2,"errorCount":1,"services":["front"]}],
             "cursor":null,"freshness":{"completeUntil":"2026-01-31T12:00:00Z"},"partial":false}
            """);
  }

  @Test
  void servicesOnTheWire() {
    assertThat(get("/api/v1/services?" + WINDOW))
        .hasStatusOk()
        .bodyJson()
        .isLenientlyEqualTo(
            """
            {"services":[{"name":"front","namespace":"","calls":1,"errors":1,
              "ratePerSecond":0.016666666666666666,"errorRatio":1.0}],
             "freshness":{"completeUntil":"2026-01-31T12:00:00Z"},"partial":false}
            """);
  }

  @Test
  void theTopologyOnTheWire() {
    assertThat(get("/api/v1/topology?start=2026-01-31T12:00:00Z&end=2026-01-31T12:01:00Z"))
        .hasStatusOk()
        .bodyJson()
        .isLenientlyEqualTo(
            """
            {"nodes":[
              {"id":"front","name":"front","type":"service","calls":1,"errors":1},
              {"id":"database:redis","name":"redis","type":"database","calls":1,"errors":0}],
             "edges":[{"caller":"front","callee":"database:redis","calls":1,"errors":0}],
             "partial":false}
            """);
  }

  @Test
  void whatAnAnswerLacksOnTheWire() {
    String whole = "\"partial\":false";
    String lacks = "OpenSearch does not answer";
    store.blocksAway = true;
    try {
      for (String path :
          List.of(
              "/api/v1/traces/00000000000000070000000000000001",
              "/api/v1/traces?" + WINDOW,
              "/api/v1/services?" + WINDOW,
              "/api/v1/topology?" + WINDOW)) {
        assertThat(get(path))
            .hasStatusOk()
            .bodyText()
            .contains("\"partial\":true", "\"missing\":[\"stored data of ", lacks)
            .doesNotContain(whole);
      }
      assertThat(get("/api/v1/spans/count?" + WINDOW))
          .hasStatusOk()
          .bodyText()
          .contains("\"exact\":false", "\"missing\":[\"stored data of ", lacks);
      assertThat(get("/api/v1/traces/00000000000000070000000000000009"))
          .hasStatus(503)
          .hasHeader("Retry-After", "5");
    } finally {
      store.blocksAway = false;
    }
  }

  @Test
  void theCountOnTheWire() {
    assertThat(get("/api/v1/spans/count?" + WINDOW))
        .hasStatusOk()
        .bodyJson()
        .isStrictlyEqualTo("{\"value\":2,\"exact\":true}");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /api/v1/traces/xyz                              | 400 | traceId: xyz (expected
          /api/v1/traces/0000000000000001                 | 404 | traceId: 00000000000000000000000000000001
          /api/v1/traces?start=5&end=5                    | 400 | end:
          /api/v1/traces?start=5&end=9&limit=0            | 400 | limit: 0
          /api/v1/traces?start=5&end=9&limit=51           | 400 | limit: 51
          /api/v1/traces?start=5&end=9&cursor=abc         | 400 | cursor:
          /api/v1/traces?start=5&end=9&status=bad         | 400 | status: bad
          /api/v1/traces?start=5&end=9&minDurationMs=-1   | 400 | duration: -1
          /api/v1/services?start=5&end=9&consistency=some | 400 | consistency: some
          """)
  void mistakesAreProblems(String path, int status, String detail) {
    assertThat(get(path))
        .hasStatus(status)
        .hasContentType("application/problem+json")
        .bodyJson()
        .extractingPath("$.detail")
        .asString()
        .contains(detail);
  }

  @Test
  void aMissingWindowIsAMistake() {
    assertThat(get("/api/v1/traces")).hasStatus(400).hasContentType("application/problem+json");
  }

  @Test
  void nobodyIsServedWithoutAnIdentity() {
    assertThat(mvc.get().uri("/api/v1/services?" + WINDOW)).hasStatus(401);
  }
}

package io.aom.logs.query.web;

import static io.aom.logs.LogFixtures.START;
import static io.aom.logs.LogFixtures.TENANT;
import static io.aom.logs.LogFixtures.attribute;
import static io.aom.logs.LogFixtures.line;
import static io.aom.logs.LogFixtures.record;
import static io.aom.logs.LogFixtures.request;
import static io.aom.logs.LogFixtures.resourceLogs;
import static io.aom.logs.LogFixtures.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.aom.identity.Role;
import io.aom.logs.LogClient;
import io.aom.logs.LogFixtures;
import io.aom.logs.MemoryStore;
import io.aom.logs.query.LogSearch;
import io.aom.logs.query.LogSearchLimits;
import io.aom.service.ServiceKitConfiguration;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;

/** The wire of log search, over a store in memory. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"aom.identity.secret=" + LogClient.SECRET, "spring.application.name=log-service"})
class LogSearchApiTest {
  private static final MemoryStore STORE = new MemoryStore(1);
  private static final String WINDOW = "\"start\":" + START + ",\"end\":" + (START + 60_000);

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @EnableConfigurationProperties(LogSearchLimits.class)
  @Import({ServiceKitConfiguration.class, LogWebConfiguration.class})
  static class Application {
    @Bean
    LogSearch logSearch(LogSearchLimits limits) {
      return new LogSearch(STORE, STORE, limits, System::nanoTime);
    }
  }

  @LocalServerPort private int port;
  private LogClient client;

  @BeforeEach
  void fill() throws Exception {
    client = new LogClient(port, TENANT);
    if (STORE.nextOffset(0) > 0) {
      return;
    }
    LogRecord full =
        LogRecord.newBuilder()
            .setTimeUnixNano(START * 1_000_000 + 123_456)
            .setObservedTimeUnixNano((START + 2) * 1_000_000)
            .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_ERROR)
            .setSeverityText("ERROR")
            .setBody(text("payment failed"))
            .addAttributes(attribute("http.status", AnyValue.newBuilder().setIntValue(502).build()))
            .setTraceId(ByteString.fromHex("0af7651916cd43dd8448eb211c80319c"))
            .setSpanId(ByteString.fromHex("b7ad6b7169203331"))
            .build();
    STORE.append(0, record(TENANT, 0, request(resourceLogs("checkout", full))));
    STORE.sealOldest(0);
    LogRecord[] lines = new LogRecord[30];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = line(START + 1_000 + i * 1_000L, "line " + i);
    }
    STORE.append(0, record(TENANT, 1, request(resourceLogs("cart", lines))));
    STORE.append(0, record(LogFixtures.OTHER, 2, request(resourceLogs("cart", lines))));
  }

  @Test
  void aRowHasAllThatTheSenderSent() throws Exception {
    JsonNode answer =
        client.post(
            "/api/v1/logs/search",
            "{" + WINDOW + ",\"query\":\"payment AND severity:error\",\"limit\":1}");

    assertThat(answer.at("/total").toString()).isEqualTo("{\"value\":1,\"exact\":true}");
    assertThat(answer.at("/partial").asBoolean()).isFalse();
    assertThat(answer.at("/freshness/completeUntil").asString())
        .isEqualTo(Instant.ofEpochMilli(START).toString());
    assertThat(answer.at("/rows/0").toString())
        .isEqualTo(
            "{\"time\":\"2026-03-01T10:00:00.000123456Z\",\"observedTime\":\"2026-03-01T10:00:00.002Z\",\"severity\":\"ERROR\",\"severityNumber\":17,\"body\":\"payment"
                + " failed\","
                + "\"service\":\"checkout\",\"resource\":{\"host.name\":\"h1\",\"service.name\":\"checkout\"},"
                + "\"attributes\":{\"http.status\":502},\"scope\":\"logback\","
                + "\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\"}");
  }

  @Test
  void pagesFollowOneAnotherByCursorAndKeepTheTotal() throws Exception {
    List<String> bodies = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    do {
      JsonNode page =
          client.post(
              "/api/v1/logs/search",
              "{"
                  + WINDOW
                  + ",\"filters\":{\"service.name\":[\"cart\",\"none\"]},\"order\":\"asc\","
                  + "\"limit\":7"
                  + (cursor.isEmpty() ? "" : ",\"cursor\":\"" + cursor + "\"")
                  + "}");
      page.at("/rows").forEach(row -> bodies.add(row.at("/body").asString()));
      assertThat(page.at("/total/value").asLong()).isEqualTo(30);
      cursor = page.at("/cursor").isNull() ? "" : page.at("/cursor").asString();
      pages++;
    } while (!cursor.isEmpty());

    assertThat(pages).isEqualTo(5);
    assertThat(bodies).hasSize(30).startsWith("line 0", "line 1").endsWith("line 29");
  }

  @Test
  void pagesGoOnWhenBlocksCanBeReadAgainAndCountAnew() throws Exception {
    JsonNode first;
    JsonNode empty;
    STORE.blocksAway = true;
    try {
      first = client.post("/api/v1/logs/search", "{" + WINDOW + ",\"limit\":100}");
      assertThat(first.at("/rows")).hasSize(30);
      assertThat(first.at("/partial").asBoolean()).isTrue();
      assertThat(first.at("/missing/0").asString())
          .startsWith("stored data of 2026-03-01T10:00:00Z to 2026-03-01T10:01:00Z: ");
      assertThat(first.at("/total").toString())
          .isEqualTo("{\"value\":30,\"exact\":false,\"reason\":\"blocks cannot be read now\"}");
      empty = client.post("/api/v1/logs/search", after(first));
      assertThat(empty.at("/rows")).isEmpty();
      assertThat(empty.at("/partial").asBoolean()).isTrue();
      assertThat(empty.at("/cursor").isNull()).as("nothing to go on from").isTrue();
      JsonNode histogram = client.post("/api/v1/logs/histogram", "{" + WINDOW + "}");
      assertThat(histogram.at("/partial").asBoolean()).isTrue();
      assertThat(histogram.at("/total/value").asLong()).isEqualTo(30);
    } finally {
      STORE.blocksAway = false;
    }
    JsonNode next = client.post("/api/v1/logs/search", after(first));

    assertThat(next.at("/rows")).hasSize(1);
    assertThat(next.at("/rows/0/body").asString()).isEqualTo("payment failed");
    assertThat(next.at("/partial").asBoolean()).isFalse();
    assertThat(next.at("/total").toString()).isEqualTo("{\"value\":31,\"exact\":true}");
    assertThat(next.at("/cursor").isNull()).isTrue();
  }

  private static String after(JsonNode page) {
    return "{" + WINDOW + ",\"limit\":100,\"cursor\":\"" + page.at("/cursor").asString() + "\"}";
  }

  @Test
  void theGetFormTakesTheSameAsParameters() throws Exception {
    JsonNode answer =
        client.get(
            "/api/v1/logs/search?start="
                + START
                + "&end=2026-03-01T10:01:00Z&limit=2&query="
                + URLEncoder.encode("line NOT (5 OR 6)", StandardCharsets.UTF_8)
                + "&filter.service.name=cart&consistency=strong");

    assertThat(answer.at("/total/value").asLong()).isEqualTo(28);
    assertThat(answer.at("/rows").size()).isEqualTo(2);
  }

  @Test
  void aParameterThatTheGetFormDoesNotHaveIsRefused() throws Exception {
    HttpResponse<String> response =
        client.send("GET", "/api/v1/logs/search?start=" + START + "&q=line", "", Role.VIEWER);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .contains(
            "q: unknown parameter (expected: consistency, cursor, end, filter.FIELD, limit, order,"
                + " query, start, step)");
  }

  @Test
  void theHistogramCountsByTimeAndSeverity() throws Exception {
    JsonNode answer = client.post("/api/v1/logs/histogram", "{" + WINDOW + ",\"step\":10000}");

    assertThat(answer.at("/buckets").size()).isEqualTo(6);
    assertThat(answer.at("/buckets/0").toString())
        .isEqualTo(
            "{\"start\":\"2026-03-01T10:00:00Z\",\"count\":10,\"severities\":{\"INFO\":9,\"ERROR\":1}}");
    assertThat(answer.at("/total").toString()).isEqualTo("{\"value\":31,\"exact\":true}");
    assertThat(
            client
                .get("/api/v1/logs/histogram?start=" + START + "&end=" + (START + 60_000))
                .at("/stepMillis")
                .asLong())
        .isEqualTo(1_000);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          unreadable query      | {"query":"a AND (b"}                | log-query-syntax | query at 8: end of query (expected: ')')
          window upside down    | {"start":2000,"end":1000}           | bad-request      | end: 1970-01-01T00:00:01Z (expected: after start 1970-01-01T00:00:02Z)
          order                 | {"order":"up"}                      | bad-request      | order: up (expected: desc or asc)
          limit                 | {"limit":5001}                      | bad-request      | limit: 5001 (expected: 0..5000)
          consistency           | {"consistency":"yes"}               | bad-request      | consistency: yes (expected: eventual or strong)
          cursor of nobody      | {"cursor":"AAAA"}                   | bad-request      | cursor: not one of ours (expected: as an answer gave it)
          empty filter          | {"filters":{"a":[]}}                | bad-request      | filters.a: 0 values (expected: 1..256)
          unknown field         | {"querry":"a"}                      | bad-request      | body.querry: unknown field
          """)
  void mistakesAreProblemsWithAReason(String situation, String body, String slug, String detail)
      throws Exception {
    HttpResponse<String> response = client.send("POST", "/api/v1/logs/search", body, Role.VIEWER);

    JsonNode problem = LogClient.body(response, 400);
    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("application/problem+json");
    assertThat(problem.at("/type").asString()).isEqualTo("urn:aom:problem:" + slug);
    assertThat(problem.at("/detail").asString()).startsWith(detail);
  }

  @Test
  void aSyntaxProblemCarriesThePosition() throws Exception {
    HttpResponse<String> response =
        client.send("POST", "/api/v1/logs/search", "{\"query\":\"a OR OR b\"}", Role.VIEWER);

    assertThat(LogClient.body(response, 400).at("/position").asInt()).isEqualTo(5);
  }

  @Test
  void anAgentReadsNothing() throws Exception {
    assertThat(client.send("POST", "/api/v1/logs/search", "{}", Role.AGENT).statusCode())
        .isEqualTo(403);
  }
}

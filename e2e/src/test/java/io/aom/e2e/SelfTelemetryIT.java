package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.testkit.Await;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** AOM's own telemetry, through its own door, where nobody else sends anything. */
@ExtendWith(SharedAom.class)
class SelfTelemetryIT {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final String TRACE = "traceparent";
  private static final int SEARCHES = 50;
  private static final int SENT = 2000;

  @Test
  void ownMetricsLogsAndTracesAreFoundWithoutAnAgent(Aom aom) {
    Await.untilAsserted(
        "own metrics",
        BOUND,
        () ->
            assertThat(aom.api().promql("sum by (job) (application_ready_time_seconds)"))
                .extracting(series -> series.at("/metric/job").asString())
                .contains(
                    "aom/gateway-service",
                    "aom/ingest-service",
                    "aom/metrics-service",
                    "aom/log-service",
                    "aom/topology-service",
                    "aom/alarm-service"));
    Await.untilAsserted(
        "own logs",
        BOUND,
        () ->
            assertThat(aom.api().logs("service.namespace:aom service:gateway-service").get("rows"))
                .isNotEmpty());
    // One of ten requests is traced; each round of waiting asks some more.
    Await.untilAsserted(
        "own traces",
        BOUND,
        () -> {
          long now = System.currentTimeMillis();
          JsonNode services =
              aom.api()
                  .get("/api/v1/services", Map.of("start", now - 3_600_000, "end", now + 1000))
                  .get("services");
          assertThat(services)
              .extracting(service -> service.get("name").asString())
              .contains("gateway-service", "topology-service");
        });
  }

  /**
   * What is taken in between one export of the gateway and the next, three times: with nobody
   * there, with somebody who asks and sends, and with nobody again.
   */
  @Test
  void ownTelemetryDoesNotFeedItself(Aom aom) throws Exception {
    Api api = aom.api();
    awaitExport(aom);
    Taken before = taken(aom);
    awaitExport(aom);
    Taken quiet = taken(aom).since(before);

    long now = System.currentTimeMillis();
    String window = "?start=" + (now - 3_600_000) + "&end=" + now;
    String search =
        "{\"start\":%d,\"end\":%d,\"query\":\"service.namespace:aom\",\"limit\":1000}"
            .formatted(now - 3_600_000, now);
    List<String> asked = new ArrayList<>();
    asked.add(traced(api, "GET", "/api/v1/topology" + window, null));
    asked.add(traced(api, "GET", "/api/v1/services" + window, null));
    for (int i = 0; i < SEARCHES; i++) {
      asked.add(traced(api, "POST", "/api/v1/logs/search", search));
    }
    // In one JVM the gateway has it answered without a call, so the span of that is the gateway's.
    String query = traced(api, "GET", "/prometheus/api/v1/query?query=up", null);
    List<String> brought =
        List.of(
            traced(api, "POST", "/v1/logs", logs(now)),
            traced(api, "POST", "/v1/metrics", "{\"resourceMetrics\":[]}"),
            traced(api, "POST", "/api/v1/otlp/v1/metrics", "{\"resourceMetrics\":[]}"),
            traced(api, "POST", "/v1/traces", spans(now)));
    // One after the other: to ask for all of them again and again is more than a tenant may.
    for (String trace : asked) {
      Await.untilAsserted(
          "spans of what was asked",
          BOUND,
          () -> assertThat(spansOf(api, trace)).isGreaterThanOrEqualTo(2));
    }
    Await.untilAsserted(
        "the span of a query", BOUND, () -> assertThat(spansOf(api, query)).isBetween(1L, 12L));
    assertThat(asked).allSatisfy(trace -> assertThat(spansOf(api, trace)).isBetween(2L, 12L));
    awaitExport(aom);
    Taken busy = taken(aom);
    awaitExport(aom);
    Taken quietAgain = taken(aom).since(busy);

    for (String trace : brought) {
      assertThat(spansOf(api, trace)).isZero();
    }
    assertThat(quiet.samples).isPositive();
    // Steady but for series that appear with what is used for the first time.
    assertThat(quietAgain.samples).isLessThan(quiet.samples * 3 / 2 + 500);
    // Also of what the services ask of one another some is traced.
    assertThat(quietAgain.logs).isLessThan(quiet.logs + SEARCHES);
    assertThat(quietAgain.spans).isLessThan(quiet.spans + SEARCHES);
    Taken all = busy.since(before);
    assertThat(all.logs - SENT).isLessThan(2 * quiet.logs + SEARCHES);
    assertThat(all.spans - SENT).isLessThan(2 * quiet.spans + 12L * asked.size());
  }

  /** What AOM has taken in so far, as its ledger says. */
  private record Taken(long samples, long logs, long spans) {
    Taken since(Taken before) {
      return new Taken(samples - before.samples, logs - before.logs, spans - before.spans);
    }
  }

  /** Makes a request that asks to be traced and must succeed; returns the id of its trace. */
  private static String traced(Api api, String method, String path, @Nullable String json)
      throws Exception {
    String trace = newTrace();
    HttpResponse<String> response =
        api.request(method, path, json, TRACE, "00-" + trace + "-00000000000000aa-01");
    assertThat(response.statusCode()).as(path + response.body()).isEqualTo(200);
    return trace;
  }

  private static String newTrace() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** Says of a request that it is not to be traced. */
  private static String untraced() {
    return "00-" + newTrace() + "-00000000000000aa-00";
  }

  private static long spansOf(Api api, String trace) throws Exception {
    HttpResponse<String> response =
        api.request("GET", "/api/v1/traces/" + trace, null, TRACE, untraced());
    if (response.statusCode() == 404) {
      return 0;
    }
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(response.body()).get("spans").size();
  }

  /** As many records of a service that is not AOM. */
  private static String logs(long timeMillis) {
    return """
    {"timeUnixNano":"%d000000","body":{"stringValue":"stored"}}
    """
        .formatted(timeMillis)
        .transform(record -> String.join(",", Collections.nCopies(SENT, record)))
        .transform("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[%s]}]}]}"::formatted);
  }

  /** As many spans of one trace. */
  private static String spans(long timeMillis) {
    String trace = newTrace();
    return IntStream.rangeClosed(1, SENT)
        .mapToObj(
            i ->
                """
                {"traceId":"%s","spanId":"%016x","name":"stored","kind":1,
                 "startTimeUnixNano":"%d000000","endTimeUnixNano":"%d000000"}
                """
                    .formatted(trace, i, timeMillis - 1, timeMillis))
        .collect(
            Collectors.joining(",", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[", "]}]}]}"));
  }

  /** Returns after the gateway has exported its metrics once more. */
  private static void awaitExport(Aom aom) throws Exception {
    long before = exports(aom);
    Await.untilAsserted("an export", BOUND, () -> assertThat(exports(aom)).isGreaterThan(before));
  }

  private static long exports(Aom aom) throws Exception {
    String query =
        "sum(count_over_time(application_ready_time_seconds{job=\"aom/gateway-service\"}[1h]))";
    return ask(aom, "/prometheus/api/v1/query", Map.of("query", query, "consistency", "strong"))
        .at("/data/result/0/value/1")
        .asLong(0);
  }

  private static Taken taken(Aom aom) throws Exception {
    long now = System.currentTimeMillis();
    JsonNode ledger =
        ask(aom, "/api/v1/ledger", Map.of("from", now - 7_200_000, "to", now + 3_600_000));
    assertThat(ledger.get("partial").asBoolean()).isFalse();
    Map<String, Long> accepted = new HashMap<>();
    for (JsonNode row : ledger.get("rows")) {
      accepted.merge(row.get("signal").asString(), row.get("accepted").asLong(), Long::sum);
    }
    return new Taken(
        accepted.getOrDefault("metrics", 0L),
        accepted.getOrDefault("logs", 0L),
        accepted.getOrDefault("spans", 0L));
  }

  /** The answer to a GET that is not traced. */
  private static JsonNode ask(Aom aom, String path, Map<String, ?> parameters) throws Exception {
    HttpResponse<String> response =
        aom.api().request("GET", path + "?" + Api.form(parameters), null, TRACE, untraced());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(response.body());
  }
}

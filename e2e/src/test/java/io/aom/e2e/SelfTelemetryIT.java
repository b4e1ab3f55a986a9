package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.testkit.Await;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** AOM's own telemetry, through its own door, where nobody else sends anything. */
@ExtendWith(SharedAom.class)
class SelfTelemetryIT {
  private static final Duration BOUND = Duration.ofMinutes(2);

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

  @Test
  void ownTelemetryDoesNotFeedItself(Aom aom) throws Exception {
    awaitExports(aom, 2);
    long before = ownMetrics(aom);
    awaitExports(aom, 2);
    long first = ownMetrics(aom) - before;
    awaitExports(aom, 2);
    long second = ownMetrics(aom) - before - first;

    assertThat(first).isPositive();
    // Steady but for series that appear with what is used for the first time.
    assertThat(second).isLessThan(first * 3 / 2 + 500);
  }

  /** Returns after the gateway has exported its metrics that many times more. */
  private static void awaitExports(Aom aom, int times) throws Exception {
    String query =
        "sum(count_over_time(application_ready_time_seconds{job=\"aom/gateway-service\"}[1h]))";
    long target = count(aom, query) + times;
    Await.until(
        times + " exports",
        BOUND,
        () -> {
          try {
            return count(aom, query) >= target;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private static long count(Aom aom, String query) throws Exception {
    JsonNode result = aom.api().promql(query);
    return result.isEmpty() ? 0 : result.at("/0/value/1").asLong();
  }

  /** Samples of AOM's own metrics that were taken in so far. */
  private static long ownMetrics(Aom aom) throws Exception {
    return count(aom, "sum(count_over_time({job=~\"aom/.*\"}[1h]))");
  }
}

package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.aom.blockstore.Heads.Consistency;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.overflow.FoldProperties;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same records with and without folding, asked alike over a head and blocks. */
class FoldQueryTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long SCRAPE = 15_000;
  private static final int SCRAPES = 120;

  private final LocalStore plain = new LocalStore(0, FoldProperties.OFF);
  private final LocalStore folding =
      new LocalStore(0, new FoldProperties(5, Map.of(), Duration.ofHours(6), List.of()));

  private void send() {
    Random random = new Random(11);
    double[] requests = new double[60];
    for (int scrape = 0; scrape <= SCRAPES; scrape++) {
      RemoteWrite request = new RemoteWrite();
      for (int user = 0; user < requests.length; user++) {
        // None begins again or is near 0, so that rates of sums are the sums of rates.
        requests[user] += scrape == 0 ? 10_000 : random.nextInt(5);
        long time = scrape * SCRAPE;
        String instance = "i" + user % 3;
        request.series(labels("requests_total", instance, user), time, requests[user]);
        request.series(
            labels("latency_seconds_bucket", instance, user).with("le", "1"), time, requests[user]);
        request.series(
            labels("latency_seconds_bucket", instance, user).with("le", "+Inf"),
            time,
            2 * requests[user]);
        request.series(labels("sessions", instance, user), time, random.nextInt(100) / 10.0);
      }
      for (LocalStore store : List.of(plain, folding)) {
        store.append(ACME, request);
        if (scrape % 50 == 49) {
          store.seal();
        }
      }
    }
  }

  private static Labels labels(String metric, String instance, int user) {
    return Labels.of("__name__", metric, "instance", instance, "job", "shop", "user", "u" + user);
  }

  private static TreeMap<String, double[]> ask(LocalStore store, String query) {
    MetricQueries queries = TestQueries.over(store);
    StepGrid grid = new StepGrid(10 * 60_000, SCRAPES * SCRAPE, 10_000);
    var answer =
        queries.evaluate(new PromqlQuery(ACME, query, grid, Consistency.EVENTUAL, null, null));
    TreeMap<String, double[]> values = new TreeMap<>();
    for (StepSeries series : ((Value.Vector) answer.value().result().value()).series()) {
      double[] steps = new double[series.steps()];
      for (int i = 0; i < steps.length; i++) {
        steps[i] = series.isFloat(i) ? series.value(i) : Double.NaN;
      }
      values.put(series.labels().toString(), steps);
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum by (instance) (rate(requests_total[5m]))",
        "sum(increase(requests_total[2m]))",
        "sum by (instance, job) (sessions)",
        "histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m])))",
        "requests_total{user=\"u2\"}",
      })
  void sumsAreWhatTheyAreWithoutFolding(String query) {
    send();
    TreeMap<String, double[]> expected = ask(plain, query);
    TreeMap<String, double[]> got = ask(folding, query);

    assertThat(ask(plain, "count(requests_total)").get("{}")).containsOnly(60);
    assertThat(ask(folding, "count(requests_total)").get("{}")).containsOnly(5 + 3);
    assertThat(got.keySet()).isEqualTo(expected.keySet()).isNotEmpty();
    expected.forEach(
        (labels, values) -> assertThat(got.get(labels)).containsExactly(values, within(1e-9)));
  }
}

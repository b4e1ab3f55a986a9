package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.Heads.Consistency;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.promql.Engine;
import io.aom.metrics.promql.EngineLimits;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.Patience;
import io.aom.metrics.promql.QueryResult;
import io.aom.metrics.promql.SeriesSet;
import io.aom.metrics.promql.SeriesSource;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import io.aom.metrics.series.StaleMarker;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever was sealed when, and in which order samples came: a query sees what it would see if all
 * series lay whole before it.
 */
class StoredSeriesTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long MINUTE = 60_000;
  private static final int MINUTES = 60;
  private static final double NOTHING = -1e300;
  private static final List<String> QUERIES =
      List.of(
          "requests_total",
          "{job=\"a\"}",
          "{instance=~\"i[0-3]\", zone!=\"z1\"}",
          "sum by (job) (rate(requests_total[5m]))",
          "sum without (instance) (increase(requests_total[7m]))",
          "avg by (zone, job) ({__name__=~\"requests_total|up\"})",
          "max by (instance) (max_over_time({job=~\".+\"}[10m]))",
          "count({zone=\"\", job!=\"\"})",
          "stddev by (zone) (up)",
          "rate(requests_total[5m]) * on (instance) group_left (zone) up",
          "quantile_over_time(0.5, up[15m])",
          "changes(up[10m]) + ignoring (job) deriv(up[10m])");

  private final LocalStore store = new LocalStore();
  private final MetricQueries queries = TestQueries.over(store);
  private final Map<Labels, SampleColumns> whole = new TreeMap<>();

  private static List<Labels> labelSets() {
    List<Labels> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Map<String, String> labels = new LinkedHashMap<>();
      labels.put("instance", "i" + i);
      labels.put("job", i % 2 == 0 ? "a" : "b");
      if (i % 3 != 0) {
        labels.put("zone", "z" + i % 3);
      }
      for (String metric : List.of("requests_total", "up")) {
        labels.put("__name__", metric);
        all.add(Labels.of(labels));
      }
    }
    return all;
  }

  /** One minute of every series: some are missing, some stale, some come some minutes late. */
  private void fill(Random random) {
    Map<Labels, List<double[]>> late = new LinkedHashMap<>();
    for (int minute = 1; minute <= MINUTES; minute++) {
      RemoteWrite request = new RemoteWrite();
      for (Labels labels : labelSets()) {
        List<double[]> waiting = late.computeIfAbsent(labels, l -> new ArrayList<>());
        double time = minute * MINUTE + random.nextInt(1000);
        double value =
            switch (random.nextInt(20)) {
              case 0 -> StaleMarker.VALUE;
              case 1 -> 0;
              default -> minute * 10 + random.nextInt(7);
            };
        int fate = random.nextInt(10);
        if (fate == 0) {
          continue;
        }
        SampleColumns one = new SampleColumns();
        one.append((long) time, value);
        whole.merge(labels, one, SampleColumns::merge);
        if (fate == 1) {
          waiting.add(new double[] {time, value});
          continue;
        }
        request.series(labels, time, value);
        if (random.nextInt(3) == 0) {
          waiting.forEach(sample -> request.series(labels, sample[0], sample[1]));
          waiting.clear();
        }
      }
      store.append(ACME, request);
      if (random.nextInt(12) == 0) {
        store.seal();
      }
    }
    RemoteWrite rest = new RemoteWrite();
    late.forEach(
        (labels, waiting) -> waiting.forEach(sample -> rest.series(labels, sample[0], sample[1])));
    store.append(ACME, rest);
  }

  private List<SeriesSet> wholeSeries(List<SeriesSource.Selection> selections) {
    List<SeriesSet> sets = new ArrayList<>();
    for (SeriesSource.Selection selection : selections) {
      List<Series> series = new ArrayList<>();
      whole.forEach(
          (labels, samples) -> {
            SampleColumns window = samples.window(selection.afterMillis(), selection.untilMillis());
            if (LabelMatcher.allMatch(selection.matchers(), labels::get) && !window.isEmpty()) {
              series.add(new Series(labels, window));
            }
          });
      sets.add(SeriesSet.of(series));
    }
    return sets;
  }

  private static Map<Labels, List<Double>> values(QueryResult result) {
    Map<Labels, List<Double>> values = new TreeMap<>();
    if (result.value() instanceof Value.Vector(List<StepSeries> all)) {
      for (StepSeries series : all) {
        List<Double> ofSeries = new ArrayList<>();
        boolean any = false;
        for (int i = 0; i < series.steps(); i++) {
          any |= series.isFloat(i);
          ofSeries.add(series.isFloat(i) ? rounded(series.value(i)) : NOTHING);
        }
        if (any) {
          values.put(series.labels(), ofSeries);
        }
      }
    }
    return values;
  }

  /** Sums of the same values in another order differ in their last bits. */
  private static double rounded(double value) {
    return (float) value;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void querySeesWhatItWouldSeeOfWholeSeries(long seed) {
    fill(new Random(seed));
    List<StepGrid> grids =
        List.of(
            StepGrid.instant(MINUTES * MINUTE),
            StepGrid.instant(MINUTES * MINUTE / 2),
            new StepGrid(10 * MINUTE, MINUTES * MINUTE, 90_000));
    int found = 0;
    for (String query : QUERIES) {
      for (StepGrid grid : grids) {
        QueryResult expected =
            new Engine(EngineLimits.DEFAULT)
                .evaluate(query, Parser.parse(query), grid, this::wholeSeries, Patience.ENDLESS);
        QueryResult stored =
            queries
                .evaluate(new PromqlQuery(ACME, query, grid, Consistency.EVENTUAL, null, null))
                .value()
                .result();

        assertThat(values(stored)).as("%s at %s", query, grid).isEqualTo(values(expected));
        found += values(stored).size();
      }
    }
    assertThat(found).isGreaterThan(QUERIES.size() * grids.size());
  }
}

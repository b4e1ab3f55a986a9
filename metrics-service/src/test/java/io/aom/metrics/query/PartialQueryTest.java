package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.aom.blockstore.Heads.Consistency;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.promql.EngineLimits;
import io.aom.metrics.promql.PartialResult;
import io.aom.metrics.promql.QueryResult;
import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.query.MetricQueries.Evaluated;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoWriter;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of queries that are evaluated where the series are give what they give of all samples. */
class PartialQueryTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long MINUTE = 60_000;
  private static final StepGrid HOUR = new StepGrid(10 * MINUTE, 60 * MINUTE, MINUTE / 2);

  /** Steps that are not nearer to each other than the samples. */
  private static final StepGrid MINUTES = new StepGrid(10 * MINUTE, 60 * MINUTE, MINUTE);

  private static final int PARTITIONS = 3;
  private static final int SERIES = 60;

  private final SpreadStore store = new SpreadStore(PARTITIONS);

  /** Counters and gauges that come and go, half of them in blocks, of one metric also NaN. */
  @BeforeEach
  void fill() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20261126);
    double[] values = new double[SERIES];
    for (int minute = 0; minute <= 60; minute++) {
      if (minute == 25 || minute == 40) {
        store.partitions.forEach(LocalStore::seal);
      }
      for (int i = 0; i < SERIES; i++) {
        values[i] = random.nextInt(50) == 0 ? 0 : values[i] + random.nextDouble() * 100;
        if (random.nextInt(20) == 0) {
          continue;
        }
        double gauge = random.nextInt(40) == 0 ? Double.NaN : random.nextGaussian() * 1e6;
        double huge = random.nextInt(30) == 0 ? 1.7e308 : random.nextDouble();
        long time = minute * MINUTE + i * 100L;
        store
            .partitions
            .get(i % PARTITIONS)
            .append(
                ACME,
                new RemoteWrite()
                    .series(labels("requests_total", i), time, values[i])
                    .series(labels("depth", i), time, gauge)
                    .series(labels("huge", i), time, huge));
      }
    }
  }

  @ParameterizedTest(name = "{1} x {2} of {0}: {3}")
  @CsvSource({
    "sum by (job) (up), 2, 3, true",
    "avg(up), 3, 3, true",
    "stddev(up), 3, 3, true",
    "max(up), 1, 3, true",
    "rate(up[5m]), 1, 3, true",
    "sum(up), 1, 3, false",
    "sum(up), 3, 3, false",
    "sum(up), 2, 2, false",
    "sum(up), 2, 4, false",
    "rate(up[5m]), 0, 3, false",
    "rate(up[5m]), 1, 1, false",
    "'topk(1, up)', 1, 3, false",
  })
  void anAnswerHasTheColumnsAndStepsThatWereAskedFor(
      String promql, int columns, int steps, boolean sound) {
    PartialQuery query = new PartialQuery(null, null, null, null);
    StepGrid three = new StepGrid(0, 2 * MINUTE, MINUTE);
    PartialQuery.Question question =
        new PartialQuery.Question(
            ACME,
            promql,
            0,
            three,
            three,
            new RollupChoice(Resolving.RAW, 0, Kept.ALL),
            EngineLimits.DEFAULT,
            new Deadline(Duration.ofSeconds(10), () -> false));
    byte[] answer =
        query.encodeAnswer(
            new PartialQuery.Answer(
                new PartialResult(
                    false,
                    List.of(labels("up", 0), labels("up", 1)),
                    List.of(new double[columns][steps], new double[columns][steps]),
                    List.of()),
                List.of(),
                5,
                Set.of(),
                false));

    if (sound) {
      assertThat(query.decodeAnswer(question, answer).partial()).isNotNull();
    } else {
      assertThatThrownBy(() -> query.decodeAnswer(question, answer))
          .isInstanceOf(MalformedWireException.class)
          .hasMessageStartingWith("column");
    }
  }

  @Test
  void anAnswerHasPartsForEachSelectionThatWasAskedFor() {
    SelectQuery query = new SelectQuery();
    Selection some = new Selection(List.of(LabelMatcher.equal("__name__", "up")), 0, 5, false);
    SelectQuery.Question question = new SelectQuery.Question(ACME, List.of(some, some), 1000, 1000);
    for (int selections : new int[] {0, 1, 3}) {
      byte[] answer =
          query.encodeAnswer(
              new SelectQuery.Found(Collections.nCopies(selections, List.of()), 1000));

      assertThatThrownBy(() -> query.decodeAnswer(question, answer))
          .isInstanceOf(MalformedWireException.class)
          .hasMessage("selections: " + selections + " (expected: 2)");
    }
  }

  private static Labels labels(String metric, int i) {
    return Labels.of(
        "__name__", metric, "instance", "i" + i, "job", "job" + i % 4, "zone", "z" + i % 7 / 3);
  }

  private MetricQueries queries(long maxSamples) {
    return TestQueries.over(store, TestQueries.limits(maxSamples));
  }

  private QueryResult result(String query, StepGrid grid, boolean spread) {
    store.spread = spread;
    store.asked.clear();
    Answer<Evaluated> answer =
        queries(1_000_000)
            .evaluate(new PromqlQuery(ACME, query, grid, Consistency.EVENTUAL, null, null));
    return answer.value().result();
  }

  private static Map<String, double[]> values(QueryResult result) {
    Map<String, double[]> values = new TreeMap<>();
    for (StepSeries series : ((Value.Vector) result.value()).series()) {
      double[] steps = new double[series.steps()];
      for (int i = 0; i < steps.length; i++) {
        steps[i] = series.isFloat(i) ? series.value(i) : -12345;
      }
      values.put(series.labels().toString(), steps);
    }
    return values;
  }

  private void assertSameAtAnInstant(String query) {
    StepGrid instant = StepGrid.instant(33 * MINUTE);
    assertSame(result(query, instant, true), result(query, instant, false));
  }

  private static void assertSame(QueryResult got, QueryResult wanted) {
    Map<String, double[]> values = values(wanted);
    assertThat(values).isNotEmpty();
    assertThat(values(got)).containsOnlyKeys(values.keySet());
    values(got)
        .forEach(
            (labels, steps) -> {
              double[] expected = values.get(labels);
              for (int i = 0; i < steps.length; i++) {
                if (Double.isFinite(expected[i])) {
                  assertThat(steps[i])
                      .as("%s at step %s", labels, i)
                      .isCloseTo(expected[i], within(Math.abs(expected[i]) * 1e-12 + 1e-300));
                } else {
                  assertThat((Double) steps[i])
                      .as("%s at step %s", labels, i)
                      .isEqualTo((Double) expected[i]);
                }
              }
            });
    assertThat(got.warnings()).isEqualTo(wanted.warnings());
    assertThat(got.infos()).isEqualTo(wanted.infos());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum(requests_total)",
        "sum by (job) (rate(requests_total[5m]))",
        "count without (instance, zone) (depth)",
        "group by (zone) (depth)",
        "min by (job) (depth)",
        "max by (job, zone) (max_over_time(depth[3m]))",
        "avg by (job) (depth offset 2m)",
        "avg(huge)",
        "sum(huge)",
        "stddev by (job) (requests_total)",
        "stdvar(requests_total @ end())",
        // Two of one query, one within a subquery, and one beside what is not an aggregation.
        "sum by (job) (increase(requests_total[10m])) / count by (job) (requests_total)",
        "max_over_time(sum(requests_total)[10m:1m])",
        "topk(2, sum by (job, zone) (deriv(depth[5m])))",
        "depth * on (job) group_left () avg by (job) (requests_total)",
        // A remark: depth does not look like a counter.
        "sum(rate(depth[5m])) + 0 * sum(irate(requests_total[5m]))"
      })
  void partsGiveWhatAllSeriesGive(String query) {
    QueryResult wanted = result(query, HOUR, false);
    assertThat(store.asked).doesNotContainKey("partial");
    QueryResult got = result(query, HOUR, true);

    assertThat(store.asked).containsKey("partial");
    assertSame(got, wanted);
    assertSameAtAnInstant(query);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum by (__name__) ({job='job1'})",
        "quantile(0.9, depth)",
        "topk(3, depth)",
        "sum(depth * 2)",
        "sum(predict_linear(depth[5m], scalar(depth{instance='i1'})))",
        "count_values('v', requests_total)"
      })
  void whatIsNoFoldOfSingleSeriesIsEvaluatedOverAllSamples(String query) {
    QueryResult wanted = result(query, HOUR, false);

    assertSame(result(query, HOUR, true), wanted);
    assertThat(store.asked).doesNotContainKey("partial").containsKey("select");
  }

  @Test
  void samplesDoNotTravel() {
    result("sum by (job) (rate(requests_total[5m]))", HOUR, true);

    assertThat(store.asked).containsOnlyKeys("partial");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate(requests_total[5m])",
        "depth",
        "depth offset 2m",
        "-depth",
        "last_over_time(depth[5m])",
        "quantile_over_time(0.5, depth[5m])",
        "topk(3, rate(requests_total[5m]))",
        "bottomk by (job) (1, depth)",
        "limit_ratio(0.5, rate(requests_total[5m]))",
        "quantile by (job) (0.9, irate(requests_total[5m]))",
        "count_values by (job) ('v', round(depth, 1e6))",
        "rate(requests_total[5m]) / on (instance, job, zone) (1 + abs(depth))",
        "max_over_time(rate(requests_total[5m])[10m:1m])",
        "label_replace(rate(requests_total[5m]), 'x', '$1', 'job', '(.*)')",
        "sum by (job) (rate(requests_total[5m])) / count by (job) (depth > 0)",
        "depth and on (instance) (requests_total > 100)",
        "predict_linear(depth[5m], 60)",
        "absent(rate(nothing[5m]))",
        // A remark: depth does not look like a counter.
        "rate(depth[5m])"
      })
  void stepsOfSingleSeriesTravelInsteadOfSamples(String query) {
    QueryResult wanted = result(query, MINUTES, false);
    assertThat(store.asked).containsOnlyKeys("select");
    QueryResult got = result(query, MINUTES, true);

    assertThat(store.asked).containsOnlyKeys("partial");
    assertSame(got, wanted);
    assertSameAtAnInstant(query);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timestamp(depth)",
        "rate(requests_total[5m] @ 1800)",
        "max_over_time((depth)[10m:30s])",
        "info(depth)"
      })
  void whereStepsTakeMoreThanSamplesThoseTravel(String query) {
    QueryResult wanted = result(query, MINUTES, false);

    assertSame(result(query, MINUTES, true), wanted);
    assertThat(store.asked).containsKey("select");
    if (!query.startsWith("info")) {
      assertThat(store.asked).containsOnlyKeys("select");
    }
    result("rate(requests_total[5m])", HOUR, true);
    assertThat(store.asked).containsOnlyKeys("select");
  }

  @Test
  void aSeriesOfTwoPartitionsIsEvaluatedOverAllSamples() {
    for (int minute = 0; minute <= 60; minute++) {
      store
          .partitions
          .get(minute / 30 % 2)
          .append(ACME, new RemoteWrite().series(labels("moved", 1), minute * MINUTE, minute));
    }
    for (String query : List.of("count_over_time(moved[10m])", "moved")) {
      QueryResult wanted = result(query, MINUTES, false);

      assertSame(result(query, MINUTES, true), wanted);
      assertThat(store.asked).containsOnlyKeys("partial", "select");
    }
  }

  @Test
  void asManySeriesAsMayBeAreThoseOfAllParts() {
    for (int i = 0; i < 1_200; i++) {
      store
          .partitions
          .get(i % PARTITIONS)
          .append(ACME, new RemoteWrite().series(labels("many", i), 60 * MINUTE, i));
    }
    StepGrid grid = new StepGrid(50 * MINUTE, 60 * MINUTE, MINUTE);
    for (boolean spread : new boolean[] {false, true}) {
      assertThatThrownBy(() -> result("many", grid, spread))
          .isInstanceOf(RejectedException.class)
          .hasMessageContaining("1000");
    }
  }

  @Test
  void aLimitHoldsOverAllParts() {
    PromqlQuery query =
        new PromqlQuery(
            ACME, "sum(requests_total)", HOUR, Consistency.EVENTUAL, null, Duration.ofMinutes(5));
    long samples = queries(1_000_000).evaluate(query).value().statistics().samples();
    assertThat(samples).isGreaterThan(3000);

    assertThatThrownBy(() -> queries(samples - 1).evaluate(query))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("too many samples");
    assertThatThrownBy(() -> queries(100).evaluate(query))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("too many samples");
  }

  @Test
  void whatAPartLacksIsSaid() {
    PromqlQuery query =
        new PromqlQuery(ACME, "sum(requests_total)", HOUR, Consistency.EVENTUAL, null, null);
    store.partitions.get(1).blocksAway = true;

    Answer<Evaluated> answer = queries(1_000_000).evaluate(query);

    assertThat(answer.missing()).singleElement().asString().contains("stored data of 1970");
    assertThat(answer.completeUntilMillis()).isEqualTo(1_000);
  }

  @Test
  void whatAPartHasReadInVainDoesNotCount() {
    long time = 60 * MINUTE;
    for (int i = 0; i < PARTITIONS - 1; i++) {
      store.partitions.get(i).append(ACME, new RemoteWrite().series(labels("mixed", i), time, i));
    }
    byte[] histogram =
        new ProtoWriter(64).varint(1, 3).float64(3, 0).varint(6, 3).varint(15, time).toByteArray();
    store
        .partitions
        .get(PARTITIONS - 1)
        .append(ACME, new RemoteWrite().histogram(labels("mixed", PARTITIONS - 1), histogram));
    PromqlQuery query =
        new PromqlQuery(
            ACME, "sum(mixed)", StepGrid.instant(time), Consistency.EVENTUAL, null, null);

    long read = queries(1_000).evaluate(query).value().statistics().samples();
    assertThat(store.asked).containsKeys("partial", "select");
    store.spread = false;
    assertThat(read).isEqualTo(queries(1_000).evaluate(query).value().statistics().samples());
  }

  @Test
  void histogramsAreAddedUpOverAllSamples() {
    // Three observations, all of them zero.
    byte[] histogram =
        new ProtoWriter(64)
            .varint(1, 3)
            .float64(3, 0)
            .varint(6, 3)
            .varint(15, 60 * MINUTE)
            .toByteArray();
    for (int i = 0; i < PARTITIONS; i++) {
      store
          .partitions
          .get(i)
          .append(ACME, new RemoteWrite().histogram(labels("latency", i), histogram));
    }
    StepGrid now = StepGrid.instant(60 * MINUTE);

    QueryResult got = result("histogram_count(sum(latency))", now, true);

    assertThat(store.asked).containsKeys("partial", "select");
    assertThat(values(got)).containsOnlyKeys("{}");
    assertThat(values(got).get("{}")).containsExactly(9);
    assertThat(((Value.Vector) result("latency", MINUTES, true).value()).series())
        .hasSize(PARTITIONS);
    assertThat(store.asked).containsKeys("partial", "select");
    assertThat(values(result("count(latency)", now, true)).get("{}")).containsExactly(3);
    assertThat(store.asked).containsOnlyKeys("partial");
  }
}

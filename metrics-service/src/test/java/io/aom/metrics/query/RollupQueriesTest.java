package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.Heads.Consistency;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.query.MetricQueries.Evaluated;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What rollups, stitched with samples of what is not merged yet, answer is what the samples alone
 * answer, wherever they are read unasked.
 */
class RollupQueriesTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final long START = Instant.parse("2026-11-20T21:00:00Z").toEpochMilli();
  private static final long HOURS = 40;
  private static final long END = START + HOURS * HOUR;

  /** Each of them over windows of a whole number of buckets. */
  private static final List<String> QUERIES =
      List.of(
          "gauge",
          "requests_total",
          "timestamp(gauge)",
          "count(gauge) by (job)",
          "sum by (job) (rate(requests_total[1h]))",
          "rate(requests_total[2h])",
          "increase(requests_total[1h])",
          "rate(started_total[1h])",
          "increase(started_total[3h])",
          "resets(requests_total[2h])",
          "resets(started_total[2h])",
          "delta(gauge[1h])",
          "sum_over_time(gauge[1h])",
          "avg_over_time(gauge[2h])",
          "min_over_time(gauge[1h])",
          "max_over_time(gauge[3h])",
          "count_over_time(gauge[1h])",
          "last_over_time(gauge[1h])",
          "first_over_time(gauge[1h])",
          "present_over_time(gauge[1h])",
          "ts_of_last_over_time(gauge[1h])",
          "ts_of_first_over_time(gauge[1h])",
          "max_over_time(gauge[1h]) - min_over_time(gauge[1h])",
          "max_over_time(rate(requests_total[1h])[6h:1h])",
          "rate(requests_total[1h] offset 2h)",
          "absent(gauge{job=\"none\"})");

  private final LocalStore store = new LocalStore();
  private Kept kept = Kept.ALL;
  private final MetricQueries queries =
      new MetricQueries(
          store,
          store,
          TestQueries.uses(),
          TestQueries.limits(50_000_000),
          RollupProperties.DEFAULT,
          tenant -> kept);

  private static Labels series(String metric, int instance) {
    return Labels.of(
        "__name__", metric, "instance", "i" + instance, "job", instance % 2 == 0 ? "a" : "b");
  }

  private static final class State {
    double counter;
    double started;
    long startMillis;
    boolean away;
    final List<double[]> waiting = new ArrayList<>();
  }

  /**
   * Series that restart, are away for a while with a stale marker, miss samples, and of which some
   * come hours late or twice.
   *
   * @param late how many of a thousand samples come late
   */
  private void fill(Random random, int late) {
    Map<Integer, State> states = new TreeMap<>();
    long sealed = START;
    long merged = START;
    for (long time = START; time < END; time += 30_000) {
      RemoteWrite request = new RemoteWrite();
      for (int instance = 0; instance < 4; instance++) {
        State state = states.computeIfAbsent(instance, i -> new State());
        append(random, instance, state, time, late, request);
      }
      store.append(ACME, request);
      if (time - sealed > 20 * MINUTE) {
        store.seal();
        sealed = time;
      }
      if (time - merged > 6 * HOUR) {
        store.merge();
        merged = time;
      }
    }
  }

  private static void append(
      Random random, int instance, State state, long time, int late, RemoteWrite request) {
    if (random.nextInt(600) == 0) {
      state.away = !state.away;
      if (state.away && random.nextBoolean()) {
        request.series(series("gauge", instance), time + instance, StaleMarker.VALUE);
        request.series(series("requests_total", instance), time + instance, StaleMarker.VALUE);
      }
    }
    if (random.nextInt(300) == 0) {
      state.counter = random.nextInt(3);
      state.started = random.nextInt(3);
      state.startMillis = time - random.nextInt(20_000);
    }
    state.counter += random.nextInt(50);
    state.started += random.nextInt(50);
    if (state.away || random.nextInt(50) == 0) {
      return;
    }
    // Some at the very end of a bucket.
    long at = time + (instance == 0 ? 0 : random.nextInt(2_000));
    double value = random.nextInt(2_000) / 10.0 - 100;
    request.series(series("gauge", instance), at, value);
    if (random.nextInt(1_000) < late) {
      state.waiting.add(new double[] {at, state.counter});
    } else {
      request.series(series("requests_total", instance), at, state.counter);
    }
    request.started(series("started_total", instance), at, state.started, state.startMillis);
    if (!state.waiting.isEmpty() && random.nextInt(400) == 0) {
      state.waiting.forEach(
          sample ->
              request.series(series("requests_total", instance), (long) sample[0], sample[1]));
      state.waiting.clear();
      request.series(series("gauge", instance), at, value); // Once more.
    }
  }

  private Evaluated ask(String query, StepGrid grid, Resolving resolving) {
    return queries
        .evaluate(new PromqlQuery(ACME, query, grid, Consistency.EVENTUAL, null, null, resolving))
        .value();
  }

  private static Map<Labels, List<Double>> values(Evaluated evaluated) {
    Map<Labels, List<Double>> values = new TreeMap<>();
    if (evaluated.result().value() instanceof Value.Vector(List<StepSeries> all)) {
      for (StepSeries series : all) {
        List<Double> ofSeries = new ArrayList<>();
        for (int i = 0; i < series.steps(); i++) {
          ofSeries.add(series.isFloat(i) ? rounded(series.value(i)) : null);
        }
        values.put(series.labels(), ofSeries);
      }
    }
    return values;
  }

  /** Sums in another order differ in their last bits. */
  private static double rounded(double value) {
    return (float) value;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void answerIsThatOfTheSamples(long seed) {
    fill(new Random(seed), seed % 2 == 0 ? 0 : 2);
    Map<StepGrid, String> grids = new LinkedHashMap<>();
    grids.put(new StepGrid(START, END, HOUR), "1h");
    grids.put(new StepGrid(START + 5 * MINUTE, END, 15 * MINUTE), "5m");
    int rolled = 0;
    for (String query : QUERIES) {
      for (Map.Entry<StepGrid, String> of : grids.entrySet()) {
        Evaluated raw = ask(query, of.getKey(), Resolving.RAW);
        Evaluated auto = ask(query, of.getKey(), Resolving.AUTO);

        assertThat(values(auto)).as("%s at %s", query, of.getKey()).isEqualTo(values(raw));
        assertThat(raw.statistics().resolution()).isEqualTo("raw");
        rolled += auto.statistics().resolution().equals(of.getValue()) ? 1 : 0;
      }
    }
    assertThat(rolled).isGreaterThan(seed % 2 == 0 ? 40 : 20);
  }

  /** A counter that once was huge, or infinite, restarted then and does so again and again. */
  @ParameterizedTest
  @ValueSource(doubles = {1e17, 1e300, Double.POSITIVE_INFINITY})
  void whatACounterLostLongAgoDoesNotBlurWhatItLosesInAWindow(double most) {
    Labels counter = series("requests_total", 0);
    RemoteWrite request = new RemoteWrite();
    for (int i = 1; i <= 20 * 120; i++) {
      double value = i == 3 * 120 + 7 ? most : i % 97;
      request.series(counter, START + i * 30_000L, value);
    }
    store.append(ACME, request);
    store.seal();
    store.merge();
    StepGrid grid = new StepGrid(START + HOUR, START + 20 * HOUR, HOUR);

    for (String query :
        List.of(
            "increase(requests_total[1h])",
            "rate(requests_total[3h])",
            "resets(requests_total[2h])",
            "sum_over_time(requests_total[1h])",
            "avg_over_time(requests_total[2h])")) {
      Evaluated auto = ask(query, grid, Resolving.AUTO);

      assertThat(auto.statistics().resolution()).isEqualTo("1h");
      assertThat(values(auto)).as(query).isEqualTo(values(ask(query, grid, Resolving.RAW)));
    }
  }

  /** What rules cut, within buckets and between them, is cut from rollups as from samples. */
  @ParameterizedTest
  @ValueSource(longs = {14, 15})
  void answerIsThatOfTheSamplesWhereRulesCut(long seed) {
    fill(new Random(seed), seed % 2 == 0 ? 0 : 2);
    List<SeriesCuts.Cut> cuts =
        List.of(
            new SeriesCuts.Cut(
                Parser.parseSelector("{instance=\"i1\"}"), START + 20 * HOUR + 123_456),
            new SeriesCuts.Cut(Parser.parseSelector("gauge{job=\"a\"}"), START + 9 * HOUR),
            new SeriesCuts.Cut(Parser.parseSelector("{job=\"b\"}"), END + HOUR));
    StepGrid grid = new StepGrid(START, END, HOUR);
    Map<Labels, List<Double>> whole = values(ask("gauge", grid, Resolving.AUTO));
    kept = new Kept(Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE, new SeriesCuts(cuts));
    int rolled = 0;
    for (String query : QUERIES) {
      Evaluated auto = ask(query, grid, Resolving.AUTO);
      assertThat(values(auto)).as(query).isEqualTo(values(ask(query, grid, Resolving.RAW)));
      rolled += auto.statistics().resolution().equals("1h") ? 1 : 0;
    }
    assertThat(rolled).isGreaterThan(seed % 2 == 0 ? 20 : 10);
    Map<Labels, List<Double>> cut = values(ask("gauge", grid, Resolving.AUTO));
    assertThat(cut.keySet())
        .containsExactlyInAnyOrder(series("gauge", 0), series("gauge", 1), series("gauge", 2));
    assertThat(cut.get(series("gauge", 1)).subList(0, 21)).containsOnlyNulls();
    assertThat(cut.get(series("gauge", 1)).subList(21, 41))
        .isEqualTo(whole.get(series("gauge", 1)).subList(21, 41));
  }

  /** Where the samples of a bucket are gone, it is left out if a rule cuts it. */
  @Test
  void aBucketThatARuleCutsIsLeftOutWhereItsSamplesAreGone() {
    Labels gauge = series("gauge", 0);
    RemoteWrite request = new RemoteWrite();
    for (int i = 0; i < 240; i++) {
      request.series(gauge, START + (i + 1) * 30_000L, i);
    }
    store.append(ACME, request);
    store.seal();
    store.merge();
    List<SeriesCuts.Cut> cuts =
        List.of(new SeriesCuts.Cut(Parser.parseSelector("gauge"), START + 30 * MINUTE));
    StepGrid grid = new StepGrid(START + HOUR, START + 2 * HOUR, HOUR);
    kept = new Kept(START + 10 * HOUR, Long.MIN_VALUE, Long.MIN_VALUE, new SeriesCuts(cuts));

    assertThat(values(ask("count_over_time(gauge[1h])", grid, Resolving.HOUR)).values())
        .singleElement()
        .satisfies(counts -> assertThat(counts).containsExactly(null, 120.0));
    assertThat(values(ask("count_over_time(gauge[1h])", grid, Resolving.FIVE_MINUTES)).values())
        .singleElement()
        .satisfies(counts -> assertThat(counts).containsExactly(60.0, 120.0));
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 6})
  void aFewWindowsMayBeginAndEndAnywhere(long seed) {
    Random random = new Random(seed);
    fill(random, 1);
    for (int i = 0; i < 40; i++) {
      long end = START + HOUR * 20 + random.nextLong(20 * HOUR);
      StepGrid grid = i % 2 == 0 ? StepGrid.instant(end) : new StepGrid(end, end + HOUR, 1_234_567);
      String range = 13 * 60 + random.nextInt(300) + "m" + random.nextInt(60) + "s";
      String function =
          List.of("increase(requests_total", "avg_over_time(gauge", "max_over_time(gauge")
              .get(i % 3);
      String query = function + "[" + range + "])";
      Evaluated auto = ask(query, grid, Resolving.AUTO);

      assertThat(values(auto)).as(query).isEqualTo(values(ask(query, grid, Resolving.RAW)));
      assertThat(auto.statistics().resolution()).isEqualTo("1h");
    }
  }

  @Test
  void answerSaysWhatItWasReadFrom() {
    fill(new Random(7), 0);
    StepGrid grid = new StepGrid(START, END, HOUR);
    Evaluated auto = ask("max_over_time(gauge[1h])", grid, Resolving.AUTO);
    Evaluated raw = ask("max_over_time(gauge[1h])", grid, Resolving.RAW);

    assertThat(auto.result().infos())
        .containsExactly("PromQL info: older data was read from rollups of 1h");
    assertThat(auto.statistics().samples()).isLessThan(raw.statistics().samples() / 3);
    assertThat(raw.result().infos()).isEmpty();
  }

  /** As Grafana asks for rates: each window begins 15 seconds ahead of a bucket. */
  @ParameterizedTest
  @ValueSource(longs = {8, 9})
  void growthOverAWindowThatCutsLittleOfABucketIsOffByWhatGrewInThatBucketAtMost(long seed) {
    fill(new Random(seed), 0);
    StepGrid grid = new StepGrid(START + 2 * HOUR, END, HOUR);
    Map<Labels, List<Double>> raw =
        values(ask("increase(requests_total[3615s])", grid, Resolving.RAW));
    Evaluated auto = ask("increase(requests_total[3615s])", grid, Resolving.AUTO);
    Map<Labels, List<Double>> bucket =
        values(ask("increase(requests_total[5m] offset 1h)", grid, Resolving.RAW));

    assertThat(auto.statistics().resolution()).isEqualTo("5m");
    assertThat(auto.result().infos()).anyMatch(info -> info.endsWith("is estimated"));
    assertThat(values(auto).keySet()).isEqualTo(raw.keySet());
    int compared = 0;
    for (Map.Entry<Labels, List<Double>> series : values(auto).entrySet()) {
      for (int i = 0; i < series.getValue().size(); i++) {
        Double estimate = series.getValue().get(i);
        Double exact = raw.get(series.getKey()).get(i);
        Double grown = bucket.get(series.getKey()).get(i);
        if (estimate != null && exact != null && grown != null) {
          // What the counter grew in the bucket, extrapolated to its edges, and a sample's growth.
          assertThat(estimate).isBetween(exact - 1.2 * grown - 50, exact + 1.2 * grown + 50);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(50);
  }

  @Test
  void askedForARollupAnswersWhateverTheWindowsAre() {
    fill(new Random(10), 0);
    StepGrid grid = new StepGrid(START + 2 * HOUR + 77_777, END, 1_234_567);
    for (String query :
        List.of(
            "avg_over_time(gauge[3h])", "count_over_time(gauge[3h])", "rate(requests_total[3h])")) {
      assertThat(ask(query, grid, Resolving.AUTO).statistics().resolution()).isEqualTo("raw");
      for (Resolving wish : List.of(Resolving.FIVE_MINUTES, Resolving.HOUR)) {
        Evaluated rolled = ask(query, grid, wish);
        assertThat(rolled.statistics().resolution()).isEqualTo(wish.text());
        Map<Labels, List<Double>> raw = values(ask(query, grid, Resolving.RAW));
        double off = 0;
        double all = 0;
        for (Map.Entry<Labels, List<Double>> series : values(rolled).entrySet()) {
          for (int i = 0; i < series.getValue().size(); i++) {
            Double estimate = series.getValue().get(i);
            Double exact = raw.get(series.getKey()).get(i);
            if (estimate != null && exact != null) {
              off += Math.abs(estimate - exact);
              all += query.startsWith("avg") ? 100 : Math.abs(exact);
            }
          }
        }
        assertThat(off / all).as("%s of %s", query, wish.text()).isLessThan(0.03);
      }
    }
    Evaluated newest = ask("gauge", grid, Resolving.HOUR);
    assertThat(values(newest)).hasSize(4);
    assertThat(newest.statistics().resolution()).isEqualTo("1h");
  }

  /** So many observations of zero. */
  private static byte[] histogram(long timeMillis, long count) {
    return new ProtoWriter(64)
        .varint(1, count)
        .float64(3, 0)
        .varint(6, count)
        .varint(15, timeMillis)
        .toByteArray();
  }

  @Test
  void nativeHistogramsAreReadAsSamplesBesideRollups() {
    Labels latency = Labels.of("__name__", "latency", "job", "a");
    for (long time = START; time < END; time += 5 * MINUTE) {
      RemoteWrite request = new RemoteWrite();
      long count = (time - START) / MINUTE;
      request.histogram(latency, histogram(time, count));
      request.series(series("latency", 7), time, count);
      store.append(ACME, request);
      if ((time - START) % HOUR == 0) {
        store.seal();
      }
    }
    store.merge();
    StepGrid grid = new StepGrid(START, END, HOUR);
    String query = "histogram_count(rate(latency{job=\"a\"}[1h]))";
    ask(query, grid, Resolving.AUTO);
    assertThat(store.searches).as("rollups and histograms are looked for together").isEqualTo(1);
    assertThat(values(ask(query, grid, Resolving.AUTO))).isNotEmpty();
    assertThat(values(ask(query, grid, Resolving.AUTO)))
        .isEqualTo(values(ask(query, grid, Resolving.RAW)));
    Evaluated counted = ask("count_over_time({__name__=\"latency\"}[2h])", grid, Resolving.AUTO);
    assertThat(values(counted))
        .hasSize(2)
        .isEqualTo(values(ask("count_over_time({__name__=\"latency\"}[2h])", grid, Resolving.RAW)));
    assertThat(counted.statistics().resolution()).isEqualTo("1h");

    // Now it is both within one range of time.
    store.append(ACME, new RemoteWrite().series(latency, END, 5));
    store.seal();
    store.merge();
    StepGrid longer = new StepGrid(START, END + HOUR, HOUR);
    Evaluated mixed = ask("count_over_time(latency[2h])", longer, Resolving.AUTO);
    assertThat(values(mixed))
        .isEqualTo(values(ask("count_over_time(latency[2h])", longer, Resolving.RAW)));
    assertThat(mixed.statistics().resolution()).isEqualTo("raw");
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void whereSamplesAreNoLongerKeptRollupsAnswer(long seed) {
    fill(new Random(seed), 0);
    StepGrid hours = new StepGrid(START + HOUR, END, HOUR);
    StepGrid anywhere = new StepGrid(START + HOUR + 77_777, END, 1_234_567);
    Map<Labels, List<Double>> whole = values(ask("sum_over_time(gauge[1h])", hours, Resolving.RAW));
    Map<Labels, List<Double>> wholeAnywhere =
        values(ask("avg_over_time(gauge[1h])", anywhere, Resolving.RAW));
    long samplesFrom = START + 20 * HOUR + 123_456;
    kept = new Kept(samplesFrom, START + 5 * HOUR, Long.MIN_VALUE);

    assertThat(values(ask("sum_over_time(gauge[1h])", hours, Resolving.AUTO))).isEqualTo(whole);
    Evaluated auto = ask("avg_over_time(gauge[1h])", anywhere, Resolving.AUTO);
    assertThat(auto.statistics().resolution()).isEqualTo("5m,1h");
    assertThat(auto.result().infos()).anyMatch(info -> info.endsWith("is estimated"));
    Map<Labels, List<Double>> raw =
        values(ask("avg_over_time(gauge[1h])", anywhere, Resolving.RAW));
    int before = 0;
    double off = 0;
    for (Labels labels : wholeAnywhere.keySet()) {
      for (int i = 0; i < anywhere.count(); i++) {
        Double exact = wholeAnywhere.get(labels).get(i);
        Double seen = values(auto).get(labels).get(i);
        long start = anywhere.at(i) - HOUR;
        if (start >= samplesFrom + HOUR) {
          assertThat(seen).isEqualTo(exact);
          assertThat(raw.get(labels).get(i)).isEqualTo(exact);
        } else if (anywhere.at(i) < samplesFrom) {
          assertThat(raw.get(labels).get(i)).as("a sample that is not kept").isNull();
          if (exact != null && seen != null) {
            off += Math.abs(seen - exact);
            before++;
          }
        }
      }
    }
    assertThat(before).isGreaterThan(100);
    assertThat(off / before).isLessThan(12); // Of values from -100 to 100.
  }

  @Test
  void nothingIsAnsweredThatIsNotKept() {
    fill(new Random(13), 0);
    StepGrid grid = new StepGrid(START + HOUR, END, HOUR);
    long from = START + 30 * HOUR + 1;
    kept = new Kept(from, from, from);
    for (Resolving resolving : Resolving.values()) {
      Map<Labels, List<Double>> seen = values(ask("gauge", grid, resolving));
      assertThat(seen).isNotEmpty();
      for (List<Double> series : seen.values()) {
        assertThat(series.subList(0, 29)).containsOnlyNulls();
      }
    }
    assertThat(values(ask("count_over_time(gauge[40h])", StepGrid.instant(END), Resolving.RAW)))
        .allSatisfy((labels, count) -> assertThat(count.getFirst()).isLessThan(1_201));
  }

  /** Two ranges had samples of one bucket in turn, and those are gone. */
  @Test
  void overlapsThatCanNoLongerBeToldApartCountTogether() {
    Labels gauge = series("gauge", 0);
    for (int part = 0; part < 2; part++) {
      RemoteWrite request = new RemoteWrite();
      for (int i = part; i < 120; i += 2) {
        request.series(gauge, START + (i + 1) * 30_000L, i);
      }
      store.append(ACME, request);
      store.seal();
      store.merge();
    }
    StepGrid grid = new StepGrid(START, START + 5 * HOUR, HOUR);
    kept = new Kept(START + 10 * HOUR, Long.MIN_VALUE, Long.MIN_VALUE);
    Evaluated rolled = ask("count_over_time(gauge[1h])", grid, Resolving.HOUR);
    assertThat(values(rolled).values()).allSatisfy(v -> assertThat(v.get(1)).isEqualTo(120));
    assertThat(values(ask("max_over_time(gauge[1h])", grid, Resolving.HOUR)).values())
        .allSatisfy(v -> assertThat(v.get(1)).isEqualTo(119));
  }
}

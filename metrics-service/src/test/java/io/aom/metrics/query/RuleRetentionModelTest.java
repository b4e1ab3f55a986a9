package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.Removal;
import io.aom.blockstore.Retention;
import io.aom.blockstore.RetentionRule;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.query.MetricQueries.Evaluated;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Series;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;

/**
 * Samples come, are sealed, merged and removed, and rules change, at random and between any two
 * steps of a query: it answers with exactly what was kept when it began. Only what a rule had let
 * go for more than a day may be lacking once a later rule would keep it.
 */
class RuleRetentionModelTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long START = Instant.parse("2026-11-20T00:00:00Z").toEpochMilli();
  private static final Duration TENANT = Duration.ofDays(8);
  private static final List<Labels> SERIES =
      List.of(
          Labels.of("__name__", "debug_a", "i", "0"),
          Labels.of("__name__", "debug_b", "env", "prod", "i", "1"),
          Labels.of("__name__", "requests_total", "env", "prod", "i", "2"),
          Labels.of("__name__", "requests_total", "env", "test", "i", "3"),
          Labels.of("__name__", "up", "i", "4"));
  private static final List<String> SELECTORS =
      List.of(
          "{__name__=~\"debug_.*\"}",
          "{env=\"prod\"}",
          "requests_total",
          "{env!=\"prod\",__name__=~\"debug_a|req.*\"}");

  private final LocalStore store = new LocalStore();
  private final Map<Labels, NavigableMap<Long, Double>> sent = new HashMap<>();

  /** What no longer has to be there, since a rule has once let it go. */
  private final Map<Labels, Set<Long>> let = new HashMap<>();

  /** The same when the query began. */
  private final Map<Labels, Set<Long>> letBefore = new HashMap<>();

  private final MetricQueries queries =
      new MetricQueries(
          store,
          store,
          TestQueries.uses(),
          TestQueries.limits(10_000_000),
          RollupProperties.DEFAULT,
          tenant -> begin());
  private List<RetentionRule> rules = List.of();
  private long changedAt = START;
  private long now = START + DAY;
  private Kept begun = Kept.ALL;
  private Random random = new Random(1);
  private boolean amid;
  private long endOfQuery;
  private long removed;
  private long cutPoints;

  @Property(tries = 60)
  void aQueryAnswersWhatWasKeptWhenItBegan(@ForAll Random seed) {
    RuleRetentionModelTest model = new RuleRetentionModelTest();
    model.run(seed);
    Statistics.label("parts removed in").collect(model.removed > 0);
    Statistics.label("points cut").collect(model.cutPoints > 0);
  }

  private void run(Random seed) {
    random = seed;
    store.meanwhile = this::meanwhile;
    for (int round = 0; round < 120; round++) {
      now += random.nextLong(8 * HOUR);
      send();
      step(random.nextInt(6));
      if (random.nextInt(4) == 0) {
        askForSamples();
        askForCounts();
      }
    }
  }

  /** A query takes less than an hour, far more than it may; others go on while it does. */
  private void meanwhile() {
    if (!amid && random.nextInt(3) == 0) {
      amid = true;
      long most = Math.min(20 * MINUTE, endOfQuery - now);
      now += most > 0 ? random.nextLong(most) : 0;
      for (int i = random.nextInt(3); i >= 0; i--) {
        step(random.nextInt(6));
      }
      amid = false;
    }
  }

  private void step(int what) {
    switch (what) {
      case 0 -> store.seal();
      case 1 -> remove(store::merge);
      case 2, 3 -> remove(store::expire);
      case 4 -> changeRules();
      default -> {}
    }
  }

  /** By what holds for an hour, whoever does it. */
  private void remove(Consumer<Removal> remover) {
    boolean settled = now - changedAt > Retention.SETTLED_AFTER.toMillis();
    Removal removal = settled ? new Removal(rules, Retention.goneAsOf(now)) : Removal.NONE;
    SeriesCuts cuts = SeriesCuts.of(removal);
    sent.forEach(
        (series, samples) ->
            let.computeIfAbsent(series, s -> new HashSet<>())
                .addAll(samples.headMap(cuts.fromMillis(series)).keySet()));
    long before = store.storedRows();
    remover.accept(removal);
    removed += before - store.storedRows();
  }

  private void changeRules() {
    if (random.nextInt(amid ? 2 : 4) > 0) {
      return;
    }
    List<RetentionRule> some = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      some.add(
          new RetentionRule(
              "rule" + i,
              SELECTORS.get(random.nextInt(SELECTORS.size())),
              Duration.ofDays(1 + random.nextInt(9))));
    }
    rules = List.copyOf(some);
    changedAt = now;
  }

  private void send() {
    RemoteWrite request = new RemoteWrite();
    for (Labels series : SERIES) {
      NavigableMap<Long, Double> samples = sent.computeIfAbsent(series, s -> new TreeMap<>());
      for (int i = random.nextInt(6); i > 0; i--) {
        long late = random.nextInt(5) == 0 ? random.nextLong(DAY) : random.nextLong(HOUR);
        double value = samples.size();
        if (samples.putIfAbsent(now - late, value) == null) {
          request.series(series, now - late, value);
        }
      }
    }
    store.append(ACME, request);
  }

  /** What a query goes by that begins now. */
  private Kept begin() {
    long from = now - TENANT.toMillis();
    begun = new Kept(from, from, from, SeriesCuts.of(rules, now));
    endOfQuery = now + 55 * MINUTE;
    letBefore.clear();
    let.forEach((series, times) -> letBefore.put(series, Set.copyOf(times)));
    return begun;
  }

  private long keptFrom(Labels series) {
    return Math.max(begun.samplesFrom(), begun.cuts().fromMillis(series));
  }

  private NavigableMap<Long, Double> kept(Labels series, long afterMillis, long untilMillis) {
    long after = Math.max(afterMillis, keptFrom(series) - 1);
    cutPoints += after > afterMillis ? 1 : 0;
    return after >= untilMillis
        ? new TreeMap<>()
        : sent.get(series).subMap(after, false, untilMillis, true);
  }

  /** Of what is kept that which no rule had ever let go. */
  private Set<Long> certain(Labels series, NavigableMap<Long, Double> kept) {
    Set<Long> certain = new HashSet<>(kept.keySet());
    certain.removeAll(letBefore.getOrDefault(series, Set.of()));
    return certain;
  }

  private void askForSamples() {
    long until = now;
    long after = until - random.nextLong(12 * DAY);
    Answer<List<List<Series>>> answer;
    try (QueryMemory.Account account = queries.memory().open()) {
      answer =
          queries.read(
              ACME,
              List.of(
                  new Selection(Parser.parseSelector("{__name__=~\".+\"}"), after, until, false)),
              () -> false,
              account);
    }
    assertThat(answer.missing()).isEmpty();
    Map<Labels, NavigableMap<Long, Double>> seen = new HashMap<>();
    for (Series series : answer.value().getFirst()) {
      NavigableMap<Long, Double> samples = new TreeMap<>();
      for (int i = 0; i < series.samples().size(); i++) {
        samples.put(series.samples().time(i), series.samples().value(i));
      }
      seen.put(series.labels(), samples);
    }
    for (Labels series : SERIES) {
      NavigableMap<Long, Double> kept = kept(series, after, until);
      NavigableMap<Long, Double> got = seen.getOrDefault(series, new TreeMap<>());
      assertThat(kept.entrySet()).as("%s", series).containsAll(got.entrySet());
      assertThat(got.keySet()).as("%s", series).containsAll(certain(series, kept));
    }
  }

  private void askForCounts() {
    long end = now - now % HOUR;
    StepGrid grid = new StepGrid(end - 7 * DAY, end, 6 * HOUR);
    Answer<Evaluated> answer =
        queries.evaluate(
            new PromqlQuery(
                ACME,
                "count_over_time({__name__=~\".+\"}[6h])",
                grid,
                Consistency.EVENTUAL,
                null,
                null));
    assertThat(answer.missing()).isEmpty();
    Map<String, StepSeries> seen = new HashMap<>();
    for (StepSeries series : ((Value.Vector) answer.value().result().value()).series()) {
      seen.put(series.labels().get("i"), series);
    }
    for (Labels series : SERIES) {
      StepSeries got = seen.get(series.get("i"));
      for (int i = 0; i < grid.count(); i++) {
        NavigableMap<Long, Double> kept = kept(series, grid.at(i) - 6 * HOUR, grid.at(i));
        double count = got == null || !got.isFloat(i) ? 0 : got.value(i);
        assertThat(count)
            .as("%s at %d", series, i)
            .isBetween((double) certain(series, kept).size(), (double) kept.size());
      }
    }
  }
}

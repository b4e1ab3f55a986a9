package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.RetentionRule;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.query.LabelQueries.LabelQuestion;
import io.aom.metrics.query.MetricQueries.Evaluated;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SeriesExemplars;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a rule no longer keeps is not answered, wherever the series are and whatever is asked. */
class RuleRetentionTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long NOW = Instant.parse("2026-11-26T12:00:00Z").toEpochMilli();
  private static final Labels DEBUG = Labels.of("__name__", "debug_a", "level", "fine");
  private static final Labels AUDIT = Labels.of("__name__", "debug_audit");
  private static final Labels UP = Labels.of("__name__", "up");

  private final SpreadStore store = new SpreadStore(2);
  private List<RetentionRule> rules =
      List.of(rule("debug_audit", 30), rule("{__name__=~\"debug_.*\"}", 1));
  private final MetricQueries queries =
      new MetricQueries(
          store,
          store,
          TestQueries.uses(),
          TestQueries.limits(1_000_000),
          RollupProperties.DEFAULT,
          tenant -> kept());
  private final LabelQueries labels =
      new LabelQueries(store, store, 1000, tenant -> kept(), tenant -> Map.of());

  private Kept kept() {
    long from = NOW - 10 * 24 * HOUR;
    return new Kept(from, from, from, SeriesCuts.of(rules, NOW));
  }

  private static RetentionRule rule(String selector, int days) {
    return new RetentionRule("of " + days, selector, Duration.ofDays(days));
  }

  /** An hour apart since 48 hours and a minute ago; the last ten are in heads. */
  @BeforeEach
  void fill() {
    for (int hour = 48; hour >= 1; hour--) {
      long time = NOW - hour * HOUR - 60_000;
      RemoteWrite first = new RemoteWrite().series(AUDIT, time, hour).series(UP, time, 1);
      first.exemplar(DEBUG, time, hour, time, "trace_id", "t" + hour);
      store.partitions.get(0).append(ACME, first);
      store.partitions.get(1).append(ACME, new RemoteWrite().series(other("debug_a"), time, hour));
      if (hour % 19 == 11) {
        store.partitions.forEach(LocalStore::seal);
      }
    }
  }

  private static Labels other(String metric) {
    return Labels.of("__name__", metric, "level", "finer");
  }

  private Map<String, Double> ask(String query) {
    store.asked.clear();
    Evaluated answer =
        queries
            .evaluate(
                new PromqlQuery(
                    ACME, query, StepGrid.instant(NOW), Consistency.EVENTUAL, null, null))
            .value();
    Map<String, Double> values = new TreeMap<>();
    for (StepSeries series : ((Value.Vector) answer.result().value()).series()) {
      values.put(series.labels().toString(), series.value(0));
    }
    return values;
  }

  @Test
  void aggregationsAreOfWhatIsKept() {
    String counts = "sum(count_over_time({__name__=~\"debug_.*\"}[3d]))";
    for (boolean spread : new boolean[] {true, false}) {
      store.spread = spread;
      assertThat(ask(counts)).isEqualTo(Map.of("{}", 48.0 + 23 + 23));
      assertThat(ask("sum(count_over_time(debug_a[3d]))")).isEqualTo(Map.of("{}", 46.0));
      assertThat(store.asked.containsKey("partial")).isEqualTo(spread);
      assertThat(ask("count(debug_a offset 30h)")).isEmpty();
      assertThat(ask("absent(debug_a offset 30h)")).isEqualTo(Map.of("{}", 1.0));
      assertThat(ask("count(debug_audit offset 30h)")).isEqualTo(Map.of("{}", 1.0));
    }
    rules = List.of();
    assertThat(ask(counts)).isEqualTo(Map.of("{}", 3 * 48.0));
  }

  private LabelQuestion question(long startMillis, long endMillis, String... selectors) {
    List<List<LabelMatcher>> parsed =
        List.of(selectors).stream().map(Parser::parseSelector).toList();
    return new LabelQuestion(ACME, parsed, startMillis, endMillis, 0, Consistency.EVENTUAL);
  }

  @Test
  void seriesAndLabelsAreOfWhatIsKept() {
    LabelQuestion all = question(0, NOW, "{__name__!=\"\"}");
    LabelQuestion old = question(0, NOW - 40 * HOUR, "{__name__!=\"\"}");

    assertThat(labels.series(all).value())
        .containsExactlyInAnyOrder(DEBUG, other("debug_a"), AUDIT, UP);
    assertThat(labels.series(old).value()).containsExactlyInAnyOrder(AUDIT, UP);
    assertThat(labels.texts(question(0, NOW - 40 * HOUR), null).value())
        .containsExactly("__name__");
    assertThat(labels.texts(question(0, NOW - 40 * HOUR), "__name__").value())
        .containsExactly("debug_audit", "up");
    assertThat(labels.texts(question(0, NOW), "level").value()).containsExactly("fine", "finer");
    assertThat(labels.texts(old, "level").value()).isEmpty();
    rules = List.of();
    assertThat(labels.texts(old, "level").value()).containsExactly("fine", "finer");
  }

  @Test
  void seriesOfPartsThatAreTooOldAreNotListedThoughOthersAre() {
    // The head no longer has them, so that blocks alone say what there is.
    store.partitions.forEach(LocalStore::seal);
    rules = List.of(rule("up", 1), rule("{level=\"fine\"}", 1), rule("{level=\"finer\"}", 2));
    LabelQuestion question = question(NOW - 60 * HOUR, NOW - 29 * HOUR, "{__name__!=\"\"}");

    assertThat(labels.series(question).value()).containsExactlyInAnyOrder(AUDIT, other("debug_a"));
  }

  @Test
  void exemplarsAreOfWhatIsKept() {
    List<SeriesExemplars> found =
        queries.exemplars(ACME, "debug_a", NOW - 100 * HOUR, NOW, () -> false).value();

    assertThat(found)
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.exemplars()).hasSize(23);
              assertThat(one.exemplars().getFirst().timeMillis())
                  .isEqualTo(NOW - 23 * HOUR - 60_000);
            });
  }

  @Test
  void theFirstRuleThatASeriesSatisfiesHolds() {
    SeriesCuts cuts =
        SeriesCuts.of(
            List.of(rule("debug_audit", 3), rule("no selector", 1), rule("{level=\"\"}", 2)), NOW);

    assertThat(cuts.fromMillis(AUDIT)).isEqualTo(NOW - 72 * HOUR);
    assertThat(cuts.fromMillis(UP)).isEqualTo(SeriesCuts.ALL);
    assertThat(cuts.all()).hasSize(1); // Of the others one says nothing, and one everything.
    assertThat(cuts.reachBeyond(NOW - 72 * HOUR - 2)).isTrue();
    assertThat(cuts.reachBeyond(NOW - 72 * HOUR - 1)).isFalse();
    assertThat(SeriesCuts.NONE.reachBeyond(Long.MIN_VALUE)).isFalse();
  }
}

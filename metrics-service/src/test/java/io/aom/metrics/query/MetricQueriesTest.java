package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.Heads.Consistency;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.promql.SeriesSource;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.query.MetricQueries.Evaluated;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Series;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class MetricQueriesTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long MINUTE = 60_000;

  private final LocalStore store = new LocalStore();
  private final MetricQueries queries = queries(1_000_000);

  private MetricQueries queries(long maxSamples) {
    return queries(maxSamples, null, null);
  }

  private MetricQueries queries(
      long maxSamples, @Nullable DataSize maxMemory, @Nullable DataSize maxTotalMemory) {
    return TestQueries.over(
        store,
        new QueryProperties(
            11_000,
            maxSamples,
            Duration.ofSeconds(30),
            4,
            Duration.ofMinutes(5),
            1000,
            maxMemory,
            maxTotalMemory));
  }

  private static Labels requests(String instance) {
    return Labels.of("__name__", "requests_total", "instance", instance, "job", "api");
  }

  /** A counter of two instances that rises by 60 and 120 a minute. */
  private void minute(int minute) {
    store.append(
        ACME,
        new RemoteWrite()
            .series(requests("a"), minute * MINUTE, minute * 60)
            .series(requests("b"), minute * MINUTE, minute * 120));
  }

  private TreeMap<String, List<Double>> range(String query, long end) {
    return values(
        queries.evaluate(
            new PromqlQuery(
                ACME,
                query,
                new StepGrid(5 * MINUTE, end, MINUTE),
                Consistency.EVENTUAL,
                null,
                null)));
  }

  private static TreeMap<String, List<Double>> values(Answer<Evaluated> answer) {
    TreeMap<String, List<Double>> values = new TreeMap<>();
    for (StepSeries series : ((Value.Vector) answer.value().result().value()).series()) {
      List<Double> steps = new ArrayList<>();
      for (int i = 0; i < series.steps(); i++) {
        steps.add(series.isFloat(i) ? series.value(i) : null);
      }
      values.put(series.labels().toString(), steps);
    }
    return values;
  }

  @Test
  void whileBlocksCannotBeReadTheAnswerIsWhatHeadsHoldAndSaysSo() {
    for (int i = 0; i <= 20; i++) {
      minute(i);
    }
    store.seal();
    for (int i = 21; i <= 40; i++) {
      minute(i);
    }
    PromqlQuery query =
        new PromqlQuery(
            ACME,
            "sum(count_over_time(requests_total[40m]))",
            new StepGrid(40 * MINUTE, 40 * MINUTE, MINUTE),
            Consistency.EVENTUAL,
            null,
            null);

    store.blocksAway = true;
    Answer<Evaluated> fromHeads = queries.evaluate(query);
    store.blocksAway = false;
    store.columnsAway = true;
    Answer<Evaluated> unread = queries.evaluate(query);
    store.columnsAway = false;
    Answer<Evaluated> whole = queries.evaluate(query);

    assertThat(values(fromHeads)).containsEntry("{}", List.of(40.0));
    assertThat(fromHeads.missing())
        .singleElement()
        .asString()
        .startsWith("stored data of 1970-01-01T00:00:00.001Z to 1970-01-01T00:40:00.001Z: ");
    assertThat(values(unread)).containsEntry("{}", List.of(40.0));
    assertThat(unread.missing()).hasSize(1);
    assertThat(values(whole)).containsEntry("{}", List.of(80.0));
    assertThat(whole.missing()).isEmpty();
  }

  @Test
  void answersAlikeFromHeadsFromBlocksAndFromBoth() {
    String query = "sum by (job) (rate(requests_total[5m]))";
    for (int i = 0; i <= 20; i++) {
      minute(i);
    }
    TreeMap<String, List<Double>> fromHead = range(query, 20 * MINUTE);
    store.seal();
    TreeMap<String, List<Double>> fromBlock = range(query, 20 * MINUTE);

    assertThat(fromHead.get("{job=\"api\"}")).hasSize(16).allMatch(rate -> rate == 3.0);
    assertThat(fromBlock).isEqualTo(fromHead);

    for (int i = 21; i <= 40; i++) {
      minute(i);
    }
    assertThat(range(query, 40 * MINUTE).get("{job=\"api\"}"))
        .hasSize(36)
        .allMatch(rate -> rate == 3.0);
  }

  @Test
  void aLaterBlockAndTheHeadOverwriteWhatWasThere() {
    store.append(ACME, new RemoteWrite().series(requests("a"), MINUTE, 1, 2 * MINUTE, 1));
    store.seal();
    store.append(ACME, new RemoteWrite().series(requests("a"), 2 * MINUTE, 2));
    store.seal();
    store.append(ACME, new RemoteWrite().series(requests("a"), 3 * MINUTE, 3));

    assertThat(range("sum_over_time(requests_total[5m])", 5 * MINUTE).values())
        .containsExactly(List.of(6.0));
  }

  @Test
  void fetchesOnlyWhatMayMatch() {
    minute(1);
    store.seal();
    range("other", 5 * MINUTE);
    range("requests_total{instance=\"zzz\"}", 5 * MINUTE);

    assertThat(store.fetched).isZero();
  }

  @Test
  void keepsTenantsApart() {
    store.append(new TenantId("other"), new RemoteWrite().series(requests("a"), 5 * MINUTE, 1));
    assertThat(range("requests_total", 5 * MINUTE)).isEmpty();
    store.seal();
    assertThat(range("requests_total", 5 * MINUTE)).isEmpty();
  }

  @Test
  void findsExemplarsInHeadsAndBlocks() {
    store.append(
        ACME,
        new RemoteWrite()
            .exemplar(requests("a"), 2 * MINUTE, 1, 2 * MINUTE - 5, "trace_id", "t1")
            .series(requests("b"), 2 * MINUTE, 1));
    store.append(
        ACME,
        new RemoteWrite().exemplar(requests("a"), 3 * MINUTE, 2, 2 * MINUTE - 5, "trace_id", "t0"));
    store.seal();
    store.append(
        ACME,
        new RemoteWrite()
            .exemplar(requests("a"), 4 * MINUTE, 3, 4 * MINUTE, "trace_id", "t2")
            .exemplar(requests("c"), 4 * MINUTE, 3, 4 * MINUTE + 1, "trace_id", "t3"));

    assertThat(exemplars("sum(rate(requests_total[5m])) > 1", 0, 4 * MINUTE))
        .containsExactly("a t1 1.0", "a t0 2.0", "a t2 3.0");
    assertThat(exemplars("requests_total{instance=\"c\"} + up", 0, 5 * MINUTE))
        .containsExactly("c t3 3.0");
    assertThat(exemplars("requests_total", 3 * MINUTE, 4 * MINUTE)).containsExactly("a t2 3.0");
    assertThat(exemplars("other", 0, 5 * MINUTE)).isEmpty();
    assertThat(exemplars("1 + 1", 0, 5 * MINUTE)).isEmpty();
    assertThat(
            queries
                .exemplars(new TenantId("x"), "requests_total", 0, 5 * MINUTE, () -> false)
                .value())
        .isEmpty();
  }

  @Test
  void readsNoExemplarsForSomebodyWhoHasLeft() {
    store.append(
        ACME, new RemoteWrite().exemplar(requests("a"), MINUTE, 1, MINUTE, "trace_id", "t1"));
    store.seal();

    assertThatThrownBy(
            () -> queries.exemplars(ACME, "requests_total", 0, Long.MAX_VALUE / 2, () -> true))
        .isInstanceOfSatisfying(
            PromqlException.class,
            e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.CANCELED));
    assertThat(store.fetched).isZero();
  }

  private List<String> exemplars(String query, long start, long end) {
    return queries.exemplars(ACME, query, start, end, () -> false).value().stream()
        .flatMap(
            series ->
                series.exemplars().stream()
                    .map(
                        one ->
                            series.labels().get("instance")
                                + " "
                                + one.labels().get("trace_id")
                                + " "
                                + one.value()))
        .toList();
  }

  @Test
  void keepsTheLastExemplarsOfASeries() {
    for (int i = 0; i < 100; i++) {
      store.append(
          ACME, new RemoteWrite().exemplar(requests("a"), MINUTE + i, i, MINUTE + i, "id", "x"));
      store.append(
          ACME, new RemoteWrite().exemplar(requests("a"), MINUTE + i, i, MINUTE + i, "id", "x"));
    }
    List<Exemplar> kept =
        queries
            .exemplars(ACME, "requests_total", 0, 5 * MINUTE, () -> false)
            .value()
            .getFirst()
            .exemplars();

    assertThat(kept).hasSize(64);
    assertThat(kept.getFirst().value()).isEqualTo(36);
    assertThat(kept.getLast().value()).isEqualTo(99);
  }

  @Test
  void refusesWhatNeedsTooMuch() {
    for (int i = 0; i <= 20; i++) {
      minute(i);
    }
    assertThatThrownBy(
            () ->
                queries(30)
                    .evaluate(
                        new PromqlQuery(
                            ACME,
                            "sum_over_time(requests_total[1h])",
                            StepGrid.instant(20 * MINUTE),
                            Consistency.EVENTUAL,
                            null,
                            null)))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.problem().status()).isEqualTo(422))
        .hasMessageContaining("too many samples");
    assertThatThrownBy(
            () ->
                queries.evaluate(
                    new PromqlQuery(
                        ACME,
                        "up",
                        new StepGrid(0, 11_001 * 1000L, 1000),
                        Consistency.EVENTUAL,
                        null,
                        null)))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("exceeded maximum resolution of 11,000 points");
  }

  /** A query at 20 minutes, once. */
  private static PromqlQuery once(String query) {
    return new PromqlQuery(
        ACME, query, StepGrid.instant(20 * MINUTE), Consistency.EVENTUAL, null, null);
  }

  @Test
  void refusesAQueryThatHoldsTooMuchAndForgetsIt() {
    for (int i = 0; i < 500; i++) {
      store.append(ACME, new RemoteWrite().series(requests("i" + i), 20 * MINUTE, i));
    }
    MetricQueries small = queries(1_000_000, DataSize.ofKilobytes(200), DataSize.ofMegabytes(1));

    assertThatThrownBy(() -> small.evaluate(once("requests_total[1m:1s]")))
        .isInstanceOfSatisfying(
            PromqlException.class,
            e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.EXECUTION))
        .hasMessageContainingAll("query memory", "204800", "aom.metrics.query.max-memory");
    assertThat(small.memory().reservedBytes()).isZero();
    assertThat(small.memory().refused()).isEqualTo(1);

    var _ = small.evaluate(once("count(requests_total)"));
    assertThat(small.memory().reservedBytes()).isZero();
    assertThat(small.running()).isZero();
  }

  @Test
  void remoteReadComesInTheOrderOfLabels() {
    store.append(
        ACME,
        new RemoteWrite()
            .series(requests("b"), 20 * MINUTE, 1)
            .series(Labels.of("__name__", "a_metric", "instance", "c"), 20 * MINUTE, 1));
    store.seal();
    store.append(
        ACME,
        new RemoteWrite()
            .series(requests("c"), 20 * MINUTE, 1)
            .series(requests("a"), 20 * MINUTE, 1)
            .series(Labels.of("instance", "b", "__name__", "b_metric"), 20 * MINUTE, 1));
    try (QueryMemory.Account account = queries.memory().open()) {
      List<Series> read =
          queries
              .read(
                  ACME,
                  List.of(
                      new SeriesSource.Selection(
                          List.of(new LabelMatcher(LabelMatcher.Kind.REGEX, "__name__", ".+")),
                          0,
                          30 * MINUTE,
                          false)),
                  () -> false,
                  account)
              .value()
              .getFirst();

      assertThat(read.stream().map(Series::labels)).hasSize(5).isSorted();
    }
  }

  @Test
  void countsWhatItIsAboutToFetch() {
    for (int i = 0; i < 200; i++) {
      store.append(ACME, new RemoteWrite().series(requests("i" + i), 20 * MINUTE, i / 7.0));
    }
    store.seal();
    MetricQueries small = queries(1_000_000, DataSize.ofKilobytes(2), DataSize.ofMegabytes(1));
    store.columnsAway = true; // So that nothing but what is to be fetched can be too much.

    assertThatThrownBy(() -> small.evaluate(once("count(requests_total)")))
        .isInstanceOf(PromqlException.class)
        .hasMessageContaining("query memory");
    assertThat(small.memory().reservedBytes()).isZero();
    var _ = queries.evaluate(once("count(requests_total)"));
    assertThat(queries.memory().reservedBytes()).isZero();
  }

  @Test
  void holdsAResultUntilItsReaderIsDone() {
    for (int i = 0; i < 100; i++) {
      store.append(ACME, new RemoteWrite().series(requests("i" + i), 20 * MINUTE, i));
    }
    PromqlQuery query =
        new PromqlQuery(
            ACME,
            "requests_total",
            new StepGrid(20 * MINUTE, 24 * MINUTE, 1000),
            Consistency.EVENTUAL,
            null,
            null);
    try (QueryMemory.Account account = queries.memory().open()) {
      var _ = queries.evaluate(query, () -> false, account);

      assertThat(queries.running()).isZero();
      assertThat(account.heldBytes()).isBetween(100 * 241 * 8L, 100 * 241 * 8L + 100 * 200);
    }
    assertThat(queries.memory().reservedBytes()).isZero();
  }

  @Test
  void refusesAQueryWhileOthersHoldAll() {
    minute(20);
    MetricQueries small = queries(1_000_000, DataSize.ofKilobytes(100), DataSize.ofKilobytes(100));
    try (QueryMemory.Account other = small.memory().open()) {
      other.hold(100_000);
      assertThatThrownBy(() -> small.evaluate(once("requests_total")))
          .isInstanceOfSatisfying(
              PromqlException.class, e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.BUSY))
          .hasMessageContainingAll("try again", "aom.metrics.query.max-total-memory");
    }
    assertThat(small.evaluate(once("count(requests_total)")).value().result().value())
        .asString()
        .isNotEmpty();
  }

  /** Four have a turn; each of them asks the next one while it is evaluated. */
  @Test
  void whoGetsNoTurnIsToldSoAndNotThatItTookTooLong() {
    minute(20);
    AtomicInteger asked = new AtomicInteger(1);
    store.meanwhile =
        () -> {
          int number = asked.incrementAndGet();
          if (number <= 5) {
            Duration patience = number == 5 ? Duration.ofMillis(1) : null;
            var _ =
                queries.evaluate(
                    new PromqlQuery(
                        ACME,
                        "requests_total",
                        StepGrid.instant(20 * MINUTE),
                        Consistency.EVENTUAL,
                        patience,
                        null));
          }
        };
    assertThatThrownBy(() -> queries.evaluate(once("requests_total")))
        .isInstanceOfSatisfying(
            PromqlException.class, e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.BUSY))
        .hasMessageContaining("in query queue: 4 others");
    assertThat(queries.running()).isZero();
  }

  /** Five days at each second would be 432,000 values a series. */
  @Test
  void refusesEverythingAtEverySecondBeforeItCalculates() {
    for (int i = 0; i < 10; i++) {
      store.append(ACME, new RemoteWrite().series(requests("i" + i), 20 * MINUTE, i));
    }
    assertThatThrownBy(() -> queries.evaluate(once("{__name__=~\".+\"}[5d:1s]")))
        .isInstanceOfSatisfying(
            PromqlException.class,
            e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.EXECUTION))
        .hasMessageContainingAll(
            "too many samples into memory", "at most 1000000", "narrow the selectors");
    assertThatThrownBy(
            () ->
                queries.evaluate(
                    new PromqlQuery(
                        ACME,
                        "{__name__=~\".+\"}[5d]",
                        new StepGrid(0, 10_000_000, 1000),
                        Consistency.EVENTUAL,
                        null,
                        null)))
        .isInstanceOf(PromqlException.class)
        .hasMessageContaining("invalid expression type");
  }

  @Test
  void endsSoonAfterItsCallerLeft() {
    minute(20);
    AtomicInteger asked = new AtomicInteger();
    // Were it not for its caller, it would go on until its timeout of 30 s.
    PromqlQuery endless =
        new PromqlQuery(
            ACME,
            "quantile_over_time(0.5, vector(1)[10h:1s])",
            new StepGrid(0, 10_000_000, 1000),
            Consistency.EVENTUAL,
            null,
            null);

    try (QueryMemory.Account account = queries.memory().open()) {
      assertThatThrownBy(
              () -> queries.evaluate(endless, () -> asked.incrementAndGet() > 2, account))
          .isInstanceOfSatisfying(
              PromqlException.class,
              e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.CANCELED));
    }
    assertThat(asked).hasValue(3);
    assertThat(queries.running()).isZero();
    assertThat(queries.memory().reservedBytes()).isZero();
  }

  /** Each selection is a search, and a query may have thousands. */
  @Test
  void searchesNoMoreOnceItIsEnded() {
    store.seal();
    store.meanwhile =
        () -> {
          if (store.searches == 1) {
            Thread.currentThread().interrupt();
          }
        };

    assertThatThrownBy(() -> queries.evaluate(once("a + b + c + d")))
        .isInstanceOfSatisfying(
            PromqlException.class,
            e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.CANCELED));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(store.searches).isEqualTo(2);
  }

  @Test
  void endsAtItsTimeout() {
    minute(1);
    store.seal();
    assertThatThrownBy(
            () ->
                queries.evaluate(
                    new PromqlQuery(
                        ACME,
                        "requests_total",
                        StepGrid.instant(MINUTE),
                        Consistency.EVENTUAL,
                        Duration.ofNanos(1),
                        null)))
        .isInstanceOfSatisfying(
            PromqlException.class,
            e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.TIMEOUT));
  }
}

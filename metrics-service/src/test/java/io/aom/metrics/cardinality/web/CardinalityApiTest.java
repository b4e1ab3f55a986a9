package io.aom.metrics.cardinality.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.Heads.Consistency;
import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.cardinality.Cardinality;
import io.aom.metrics.cardinality.MetricUses;
import io.aom.metrics.cardinality.MetricUsesDocument;
import io.aom.metrics.cardinality.RefusingUses;
import io.aom.metrics.cardinality.web.CardinalityResponse.Folded;
import io.aom.metrics.cardinality.web.CardinalityResponse.Grown;
import io.aom.metrics.cardinality.web.CardinalityResponse.Label;
import io.aom.metrics.cardinality.web.CardinalityResponse.Metric;
import io.aom.metrics.cardinality.web.CardinalityResponse.Pair;
import io.aom.metrics.overflow.FoldProperties;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.query.LocalStore;
import io.aom.metrics.query.MetricQueries;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.query.TestQueries;
import io.aom.metrics.series.Labels;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CardinalityApiTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final Identity VIEWER = new Identity("test", ACME, Set.of(Role.VIEWER));
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private final ManualClock clock = ManualClock.at(NOW);
  private final LocalStore store = new LocalStore();
  private final MetricUses uses =
      new MetricUses(new InMemoryDocumentStore<>(MetricUsesDocument.TYPE), 0, clock);
  private final CardinalityController controller =
      new CardinalityController(new Cardinality(store, store, QueryMemory.ENDLESS), uses, clock);

  private void hits(Instant at, int paths) {
    RemoteWrite request = new RemoteWrite();
    for (int i = 0; i < paths; i++) {
      request.series(
          Labels.of("__name__", "hits_total", "job", "shop", "path", "/" + i),
          at.toEpochMilli(),
          1);
    }
    request.series(Labels.of("__name__", "up", "job", "shop"), at.toEpochMilli(), 1);
    store.append(ACME, request);
  }

  @Test
  void saysWhereSeriesComeFromAndWhatGrew() {
    hits(NOW.minus(Duration.ofMinutes(75)), 2);
    store.seal();
    hits(NOW, 5);

    CardinalityResponse answer = controller.get(VIEWER, "", "", 2, "0");

    assertThat(answer.series()).isEqualTo(6);
    assertThat(answer.pairs()).isEqualTo(8);
    assertThat(answer.metrics())
        .containsExactly(new Metric("hits_total", 5, null), new Metric("up", 1, null));
    assertThat(answer.labels()).containsExactly(new Label("path", 5), new Label("__name__", 2));
    assertThat(answer.labelPairs())
        .containsExactly(new Pair("job=shop", 6), new Pair("__name__=hits_total", 5));
    assertThat(answer.grown()).containsExactly(new Grown("hits_total", 5, 2));
    assertThat(answer.partial()).isFalse();
  }

  @Test
  void looksAtOneMetric() {
    hits(NOW, 3);

    CardinalityResponse answer = controller.get(VIEWER, "up", "", 10, "0");

    assertThat(answer.series()).isEqualTo(1);
    assertThat(answer.labelPairs())
        .containsExactly(new Pair("__name__=up", 1), new Pair("job=shop", 1));
  }

  @Test
  void countsEachSeriesOnceThoughItIsInSeveralPlaces() {
    hits(NOW, 3);
    hits(NOW.plusSeconds(15), 3);

    assertThat(controller.get(VIEWER, "", "", 10, "0").series()).isEqualTo(4);
  }

  @Test
  void countsWhatHasBecomeABlockOfLateAsAfterARestart() {
    hits(NOW.minus(Duration.ofMinutes(90)), 9);
    store.seal();
    hits(NOW.minus(Duration.ofMinutes(20)), 5);
    store.seal();

    assertThat(controller.get(VIEWER, "", "", 10, "0").series()).isEqualTo(6);
    assertThat(controller.get(VIEWER, "up", "", 10, "0").series()).isEqualTo(1);

    hits(NOW, 6);
    assertThat(controller.get(VIEWER, "", "", 10, "0").series()).isEqualTo(7);
  }

  @Test
  void countsHeadsWhereBlocksCannotBeRead() {
    hits(NOW.minus(Duration.ofMinutes(75)), 2);
    store.seal();
    hits(NOW, 5);
    store.blocksAway = true;

    CardinalityResponse answer = controller.get(VIEWER, "", "", 10, "0");

    assertThat(answer.series()).isEqualTo(6);
    assertThat(answer.grown()).isNull();
    assertThat(answer.partial()).isTrue();
    assertThat(answer.missing())
        .hasSize(2)
        .allMatch(missing -> missing.contains("OpenSearch does not answer"));
    assertThat(answer.unqueried()).isNull();
  }

  /** Such a failure is of some blocks; documents may be there. */
  @Test
  void saysWhatIsQueriedThoughSomeBlocksCannotBeRead() {
    hits(NOW, 5);
    store.seal();
    store.columnsAway = true;

    CardinalityResponse answer = controller.get(VIEWER, "", "", 10, "0");

    assertThat(answer.grown()).isNull();
    assertThat(answer.missing()).singleElement().asString().startsWith("stored data of ");
    assertThat(answer.unqueried()).isNotNull();
  }

  @Test
  void answersThoughWhatIsQueriedIsRefused() {
    hits(NOW, 5);
    CardinalityController refused =
        new CardinalityController(
            new Cardinality(store, store, QueryMemory.ENDLESS),
            new MetricUses(new RefusingUses(ACME.value()), 0, clock),
            clock);

    CardinalityResponse answer = refused.get(VIEWER, "", "", 10, "0");

    assertThat(answer.series()).isEqualTo(6);
    assertThat(answer.unqueried()).isNull();
    assertThat(answer.missing())
        .containsExactly("when metrics were queried: OpenSearch refuses to say");
  }

  private void refusesAll(QueryMemory memory) {
    CardinalityController bounded =
        new CardinalityController(new Cardinality(store, store, memory), uses, clock);

    assertThatThrownBy(() -> bounded.get(VIEWER, "", "", 10, "0"))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.problem().status()).isEqualTo(422))
        .hasMessageStartingWith("cardinality of partition 0: query memory: more than 20000 bytes");
    assertThat(memory.reservedBytes()).isZero();
    assertThat(memory.refused()).isEqualTo(1);
  }

  /** In heads as in blocks of now and an hour ago. */
  @Test
  void holdsNoMoreLabelSetsThanQueriesMay() {
    hits(NOW, 200);
    QueryMemory memory = new QueryMemory(20_000, 1_000_000);
    refusesAll(memory);
    assertThat(
            new CardinalityController(new Cardinality(store, store, memory), uses, clock)
                .get(VIEWER, "up", "", 10, "0")
                .series())
        .isEqualTo(1);
    assertThat(memory.reservedBytes()).isZero();
    QueryMemory shared = new QueryMemory(50_000, 60_000);
    try (QueryMemory.Account other = shared.open()) {
      other.hold(40_000);
      assertThatThrownBy(
              () ->
                  new CardinalityController(new Cardinality(store, store, shared), uses, clock)
                      .get(VIEWER, "", "", 10, "0"))
          .isInstanceOfSatisfying(
              RejectedException.class, e -> assertThat(e.problem().status()).isEqualTo(503))
          .hasMessageStartingWith("cardinality of partition 0: query memory: all queries together");
    }

    store.seal();
    refusesAll(new QueryMemory(20_000, 1_000_000));
    clock.advance(Duration.ofMinutes(75));
    hits(clock.instant(), 1);
    refusesAll(new QueryMemory(20_000, 1_000_000));
  }

  @Test
  void goesOnFromPageToPageOfAllLists() {
    hits(NOW, 3);

    List<Pair> pairs = new ArrayList<>();
    List<Metric> unqueried = new ArrayList<>();
    String cursor = "0";
    while (cursor != null) {
      CardinalityResponse page = controller.get(VIEWER, "", "", 1, cursor);
      pairs.addAll(page.labelPairs());
      unqueried.addAll(page.unqueried().metrics());
      cursor = page.cursor();
    }

    assertThat(pairs)
        .containsExactly(
            new Pair("job=shop", 4),
            new Pair("__name__=hits_total", 3),
            new Pair("__name__=up", 1),
            new Pair("path=/0", 1),
            new Pair("path=/1", 1),
            new Pair("path=/2", 1));
    assertThat(unqueried)
        .containsExactly(new Metric("hits_total", 3, null), new Metric("up", 1, null));
  }

  @Test
  void looksAtOneLabel() {
    hits(NOW, 3);

    CardinalityResponse answer = controller.get(VIEWER, "", "path", 2, "0");

    assertThat(answer.labelPairs()).containsExactly(new Pair("path=/0", 1), new Pair("path=/1", 1));
    assertThat(answer.labels()).containsExactly(new Label("path", 3), new Label("__name__", 2));
  }

  @Test
  void saysWhatNobodyQueries() {
    hits(NOW, 3);
    MetricQueries queries = TestQueries.over(store, uses);
    var _ =
        queries.evaluate(
            new PromqlQuery(
                ACME,
                "sum({job=\"shop\",path=\"\"}) + absent(missing)",
                StepGrid.instant(NOW.toEpochMilli()),
                Consistency.EVENTUAL,
                null,
                null));

    CardinalityResponse answer = controller.get(VIEWER, "", "", 10, "0");
    assertThat(answer.unqueried().metrics()).containsExactly(new Metric("hits_total", 3, null));
    assertThat(answer.metrics()).contains(new Metric("up", 1, LocalDate.parse("2026-01-01")));

    uses.save();
    clock.advance(Duration.ofDays(31));
    assertThat(controller.get(VIEWER, "", "", 10, "0").unqueried())
        .matches(unqueried -> unqueried.total() == 2)
        .matches(unqueried -> unqueried.since().equals(clock.instant().minus(Duration.ofDays(30))));
  }

  @Test
  void keepsTenantsApartAndSaysWhatIsMissing() {
    hits(NOW, 3);
    store.unreachable = List.of(2);
    Identity other = new Identity("test", new TenantId("other"), Set.of(Role.VIEWER));

    assertThat(controller.get(other, "", "", 10, "0").series()).isZero();
    assertThat(controller.get(VIEWER, "", "", 10, "0"))
        .matches(CardinalityResponse::partial)
        .matches(answer -> answer.missing().getFirst().contains("partitions [2]"));
  }

  @Test
  void saysWhichLabelFoldsAndWhoSendsIt() {
    LocalStore folding =
        new LocalStore(4, new FoldProperties(3, Map.of(), Duration.ofHours(6), List.of()));
    for (int round = 0; round < 2; round++) {
      RemoteWrite request = new RemoteWrite();
      for (int i = 0; i < 10; i++) {
        String instance = i < 5 ? "a:80" : "b:80";
        request.series(
            Labels.of(
                "__name__", "hits_total", "instance", instance, "job", "shop", "user", "u" + i),
            NOW.toEpochMilli() + 1_000 * round,
            10 + round);
      }
      folding.append(ACME, request);
      folding.seal();
    }
    CardinalityController answers =
        new CardinalityController(
            new Cardinality(folding, folding, QueryMemory.ENDLESS), uses, clock);

    assertThat(answers.get(VIEWER, "", "", 10, "0").folded())
        .containsExactly(new Folded("hits_total", "user", 3, 7, "job=shop, instance=b:80", 5));
    assertThat(answers.get(VIEWER, "hits_total", "", 10, "0").folded()).hasSize(1);
    assertThat(answers.get(VIEWER, "up", "", 10, "0").folded()).isEmpty();
    assertThat(controller.get(VIEWER, "", "", 10, "0").folded()).isEmpty();
  }

  @Test
  void boundsItsLists() {
    for (int limit : List.of(0, -1, 1_001)) {
      assertThatThrownBy(() -> controller.get(VIEWER, "", "", limit, "0"))
          .isInstanceOf(RejectedException.class)
          .hasMessage("limit: " + limit + " (expected: 1 to 1000)");
    }
    for (String cursor : List.of("-1", "x", "1000000")) {
      assertThatThrownBy(() -> controller.get(VIEWER, "", "", 10, cursor))
          .isInstanceOf(RejectedException.class)
          .hasMessage("cursor: " + cursor + " (expected: one from an answer)");
    }
  }
}

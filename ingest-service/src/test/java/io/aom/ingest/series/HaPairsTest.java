package io.aom.ingest.series;

import static io.aom.ingest.series.HaPairs.Verdict.DUPLICATE;
import static io.aom.ingest.series.HaPairs.Verdict.TAKEN;
import static io.aom.ingest.series.HaPairs.Verdict.TOO_MANY_CLUSTERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HaPairsTest {
  private static final TenantId TENANT = new TenantId("acme");
  private static final long NOW = 1_790_000_000_000L;
  private static final long FAILOVER = SeriesTenantExamples.PAIRS.failover().toMillis();

  private final Store store = new Store();
  private final HaPairs pairs = new HaPairs(store, SeriesTenantExamples.PAIRS);
  private final HaPairs.View member = pairs.of(TENANT);
  private final HaPairs otherPairs = new HaPairs(store, SeriesTenantExamples.PAIRS);
  private final HaPairs.View other = otherPairs.of(TENANT);

  @Test
  void theOneHeardFirstIsTakenUntilItIsSilent() {
    assertThat(member.hear("eu", "a", NOW)).isEqualTo(TAKEN);
    assertThat(member.hear("eu", "b", NOW + 1)).isEqualTo(DUPLICATE);
    assertThat(member.hear("eu", "a", NOW + 10_000)).isEqualTo(TAKEN);
    assertThat(member.hear("eu", "b", NOW + 10_000 + FAILOVER - 1)).isEqualTo(DUPLICATE);
    assertThat(member.hear("eu", "b", NOW + 10_000 + FAILOVER)).isEqualTo(TAKEN);
    assertThat(member.hear("eu", "a", NOW + 10_001 + FAILOVER)).isEqualTo(DUPLICATE);
  }

  @Test
  void clustersAndTenantsAreApart() {
    assertThat(member.hear("eu", "a", NOW)).isEqualTo(TAKEN);
    assertThat(member.hear("us", "b", NOW)).isEqualTo(TAKEN);
    assertThat(member.hear("asia", "b", NOW)).isEqualTo(TOO_MANY_CLUSTERS);
    assertThat(member.hear("eu", "a", NOW)).isEqualTo(TAKEN);
    assertThat(pairs.of(new TenantId("else")).hear("asia", "b", NOW)).isEqualTo(TAKEN);
  }

  @Test
  void membersAgree() {
    assertThat(member.hear("eu", "a", NOW)).isEqualTo(TAKEN);
    assertThat(other.hear("eu", "b", NOW + 5)).isEqualTo(DUPLICATE);
    assertThat(other.hear("eu", "a", NOW + 5)).isEqualTo(TAKEN);
  }

  /** The elected one talks to the one member, its twin to the other. */
  @Test
  void whatOneMemberHearsCountsAtTheOther() {
    member.hear("eu", "a", NOW);
    for (long time = NOW; time < NOW + 10 * FAILOVER; time += FAILOVER / 6) {
      assertThat(member.hear("eu", "a", time)).isEqualTo(TAKEN);
      assertThat(other.hear("eu", "b", time)).isEqualTo(DUPLICATE);
      pairs.save(time);
      otherPairs.save(time);
    }
    long silent = NOW + 12 * FAILOVER;
    assertThat(other.hear("eu", "b", silent)).isEqualTo(TAKEN);
    otherPairs.save(silent);
    pairs.save(silent);
    assertThat(member.hear("eu", "a", silent + 1)).isEqualTo(DUPLICATE);
  }

  @Test
  void aMemberThatWasPausedFindsItselfOverruled() {
    member.hear("eu", "a", NOW);
    member.hear("eu", "a", NOW + FAILOVER - 1); // not saved in time
    long later = NOW + FAILOVER;
    assertThat(other.hear("eu", "b", later)).isEqualTo(TAKEN);
    assertThat(member.hear("eu", "a", later)).isEqualTo(TAKEN); // it cannot know yet
    pairs.save(later + FAILOVER / 2);
    assertThat(member.hear("eu", "a", later + FAILOVER / 2)).isEqualTo(DUPLICATE);
    assertThat(member.hear("eu", "b", later + FAILOVER / 2)).isEqualTo(TAKEN);
  }

  @Test
  void withoutTheStoreEachMemberElectsAndTheyAgreeAfterwards() {
    store.away = true;
    assertThat(member.hear("eu", "a", NOW)).isEqualTo(TAKEN);
    assertThat(other.hear("eu", "b", NOW)).isEqualTo(TAKEN);
    assertThat(member.hear("eu", "b", NOW + 1)).isEqualTo(DUPLICATE);
    pairs.save(NOW + 1);

    store.away = false;
    pairs.save(NOW + 2);
    otherPairs.save(NOW + 2);
    assertThat(member.hear("eu", "a", NOW + 3)).isEqualTo(TAKEN);
    assertThat(other.hear("eu", "b", NOW + 3)).isEqualTo(DUPLICATE);
  }

  @Test
  void aPairThatIsGoneIsForgotten() {
    member.hear("eu", "a", NOW);
    member.hear("us", "a", NOW);
    long days = NOW + 86_400_001;

    pairs.save(days);

    assertThat(store.listAll(DocumentQuery.first(10))).isEmpty();
    assertThat(member.hear("asia", "a", days)).isEqualTo(TAKEN);
  }

  @Test
  void whatIsGoneSinceBeforeARestartIsNeitherToldNorKept() {
    member.hear("eu", "a", NOW);
    other.hear("us", "a", NOW + 1);
    HaPairs restarted = new HaPairs(store, SeriesTenantExamples.PAIRS);
    long days = NOW + 86_400_000;

    assertThat(restarted.elected("acme", days - 1)).hasSize(2);
    assertThat(restarted.elected("acme", days))
        .containsExactly(new HaPairDocument("acme", "us", "a", NOW + 1));
    restarted.save(days);
    assertThat(store.listAll(DocumentQuery.first(10))).hasSize(1);
    restarted.save(days + 3_600_000);
    assertThat(store.listAll(DocumentQuery.first(10))).isEmpty();
  }

  @Test
  void whatCannotBeDeletedNowIsAMinuteLater() {
    member.hear("eu", "a", NOW);
    long days = NOW + 86_400_001;
    store.away = true;
    pairs.save(days);
    store.away = false;
    assertThat(store.listAll(DocumentQuery.first(10))).hasSize(1);

    pairs.save(days + 59_999);
    assertThat(store.listAll(DocumentQuery.first(10))).as("waits a minute").hasSize(1);

    pairs.save(days + 60_000);
    assertThat(store.listAll(DocumentQuery.first(10))).isEmpty();
  }

  @Test
  void noMorePairsAreToldThanFitAndThoseHeardLast() {
    for (int i = 0; i <= HaPairs.PAGE; i++) {
      HaPairDocument one = new HaPairDocument("acme", "c" + i, "a", NOW + i);
      store.create("acme/" + i, one, "ingest");
    }
    assertThat(pairs.elected("acme", NOW + HaPairs.PAGE))
        .hasSize(HaPairs.PAGE)
        .noneMatch(one -> one.cluster().equals("c0"));
  }

  @Test
  void aNameLongerThanAnIdCanBe() {
    assertThat(member.hear("x".repeat(2000), "a", NOW)).isEqualTo(TAKEN);
    assertThat(store.listAll(DocumentQuery.first(10)).getFirst().id().length()).isLessThan(512);
  }

  @Test
  void whoIsListenedToAndHowOftenThatChangedIsTold() {
    member.hear("us", "c", NOW);
    member.hear("eu", "a", NOW);
    other.hear("eu", "a", NOW);
    pairs.of(new TenantId("else")).hear("eu", "b", NOW);
    assertThat(otherPairs.elected("acme", NOW))
        .containsExactly(
            new HaPairDocument("acme", "eu", "a", NOW), new HaPairDocument("acme", "us", "c", NOW));
    assertThat(pairs.changes()).isZero();

    other.hear("eu", "b", NOW + FAILOVER);
    other.hear("eu", "b", NOW + FAILOVER);
    member.hear("eu", "a", NOW + FAILOVER - 1);
    pairs.save(NOW + FAILOVER + 1); // finds itself overruled

    assertThat(pairs.elected("acme", NOW + FAILOVER))
        .first()
        .isEqualTo(new HaPairDocument("acme", "eu", "b", NOW + FAILOVER));
    assertThat(otherPairs.changes()).isOne();
    assertThat(pairs.changes()).isOne();
  }

  /** One that can be away. */
  private static final class Store implements DocumentStore<HaPairDocument> {
    private final InMemoryDocumentStore<HaPairDocument> documents =
        new InMemoryDocumentStore<>(HaPairDocument.TYPE);
    private boolean away;

    private InMemoryDocumentStore<HaPairDocument> there() {
      if (away) {
        throw new OpenSearchUnavailableException("away", new IOException());
      }
      return documents;
    }

    @Override
    public Optional<Versioned<HaPairDocument>> find(String id) {
      return there().find(id);
    }

    @Override
    public DocumentQuery.Page<HaPairDocument> list(DocumentQuery query) {
      return there().list(query);
    }

    @Override
    public Versioned<HaPairDocument> create(String id, HaPairDocument value, String actor) {
      return there().create(id, value, actor);
    }

    @Override
    public Versioned<HaPairDocument> replace(
        String id, HaPairDocument value, DocumentVersion expected, String actor) {
      return there().replace(id, value, expected, actor);
    }

    @Override
    public boolean delete(String id, @Nullable DocumentVersion expected, String actor) {
      return there().delete(id, expected, actor);
    }
  }
}

package io.aom.ingest.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.ingest.series.HaPairDocument;
import io.aom.ingest.series.HaPairs;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LedgerControllerTest {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final TenantId ACME = new TenantId("acme");

  private static final HaPairs.Settings PAIRS =
      new HaPairs.Settings("cluster", "__replica__", Duration.ofSeconds(30), 100);

  private final HaPairs pairs =
      new HaPairs(new InMemoryDocumentStore<>(HaPairDocument.TYPE), PAIRS);
  private final LedgerController controller =
      new LedgerController(
          new RefusalLedger(new InMemoryDocumentStore<>(LedgerConfiguration.REFUSALS), "epoch"),
          (from, to) -> Map.of(),
          pairs,
          InstantSource.fixed(NOW));

  @Test
  void saysWhichServerOfAPairIsListenedTo() {
    pairs.of(ACME).hear("eu-1", "prometheus-0", NOW.toEpochMilli());
    pairs.of(ACME).hear("eu-1", "prometheus-1", NOW.toEpochMilli());
    pairs.of(new TenantId("other")).hear("eu-2", "prometheus-1", NOW.toEpochMilli());

    LedgerController.LedgerResponse answer =
        controller.ledger(new Identity("ann", ACME, Set.of(Role.VIEWER)), null, null, null);

    assertThat(answer.pairs())
        .containsExactly(new LedgerController.Pair("eu-1", "prometheus-0", NOW));
    assertThat(answer.partial()).isFalse();
  }

  /** Fails at every call. */
  private static final class Failing<T> implements DocumentStore<T> {
    private final RuntimeException failure;
    private int asked;

    Failing(RuntimeException failure) {
      this.failure = failure;
    }

    private RuntimeException failure() {
      asked++;
      return failure;
    }

    @Override
    public Optional<Versioned<T>> find(String id) {
      throw failure();
    }

    @Override
    public DocumentQuery.Page<T> list(DocumentQuery query) {
      throw failure();
    }

    @Override
    public Versioned<T> create(String id, T value, String actor) {
      throw failure();
    }

    @Override
    public Versioned<T> replace(String id, T value, DocumentVersion expected, String actor) {
      throw failure();
    }

    @Override
    public boolean delete(String id, @Nullable DocumentVersion expected, String actor) {
      throw failure();
    }
  }

  private static LedgerController.LedgerResponse failing(
      Failing<RefusalDocument> refusals, Failing<HaPairDocument> pairs) {
    return new LedgerController(
            new RefusalLedger(refusals, "epoch"),
            (from, to) -> Map.of(),
            new HaPairs(pairs, PAIRS),
            InstantSource.fixed(NOW))
        .ledger(new Identity("ann", ACME, Set.of(Role.VIEWER)), null, null, null);
  }

  @Test
  void whoWaitedForOpenSearchInVainDoesNotWaitOnceMore() {
    OpenSearchUnavailableException away =
        new OpenSearchUnavailableException("away", new IOException("no answer"));
    Failing<RefusalDocument> refusals = new Failing<>(away);
    Failing<HaPairDocument> pairs = new Failing<>(away);

    assertThat(failing(refusals, pairs).missing())
        .containsExactly(
            "refusals: all but those of this process since its start (OpenSearch does not answer)",
            "pairs: which server is listened to (OpenSearch does not answer)");
    assertThat(refusals.asked).isOne();
    assertThat(pairs.asked).isZero();
  }

  @Test
  void whatOpenSearchRefusesIsNotThatItIsAway() {
    OpenSearchRefusedException refused = new OpenSearchRefusedException(400, "no");

    assertThat(failing(new Failing<>(refused), new Failing<>(refused)).missing())
        .containsExactly(
            "refusals: all but those of this process since its start (OpenSearch refuses to say)",
            "pairs: which server is listened to (OpenSearch refuses to say)");
  }
}

package io.aom.ingest.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.ingest.series.HaPairDocument;
import io.aom.ingest.series.HaPairs;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LedgerControllerTest {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final TenantId ACME = new TenantId("acme");

  private final HaPairs pairs =
      new HaPairs(
          new InMemoryDocumentStore<>(HaPairDocument.TYPE),
          new HaPairs.Settings("cluster", "__replica__", Duration.ofSeconds(30), 100));
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
}

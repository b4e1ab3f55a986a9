package io.aom.ingest.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Signal;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentType;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.telemetry.TenantId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RefusalLedgerTest {
  private static final long HOUR = 3_600_000;
  private static final long T = 500_000 * HOUR;
  private static final TenantId ACME = new TenantId("acme");

  private final DocumentStore<RefusalDocument> store =
      new InMemoryDocumentStore<>(
          new DocumentType<>(
              "aom-ledger", RefusalDocument.class, List.of("epoch"), List.of("hour"), false));

  @Test
  void countsSurviveTheProcessAndAddUpOverProcesses() {
    RefusalLedger first = new RefusalLedger(store, "one");
    first.refused(ACME, Signal.LOGS, RefusalReason.TOO_OLD, 3, T + 5);
    first.flush();
    first.refused(ACME, Signal.LOGS, RefusalReason.TOO_OLD, 4, T + 6);
    first.flush();
    first.flush();
    RefusalLedger second = new RefusalLedger(store, "two");
    second.refused(ACME, Signal.LOGS, RefusalReason.TOO_OLD, 10, T + 7);

    assertThat(reasons(second, T, T + HOUR)).isEqualTo(Map.of("too_old", 17L));
    second.flush();
    assertThat(reasons(second, T, T + HOUR)).isEqualTo(Map.of("too_old", 17L));
    assertThat(reasons(first, T, T + HOUR)).isEqualTo(Map.of("too_old", 17L));
  }

  @Test
  void hoursAreApart() {
    RefusalLedger ledger = new RefusalLedger(store, "one");
    ledger.refused(ACME, Signal.LOGS, RefusalReason.TOO_OLD, 1, T - 1);
    ledger.refused(ACME, Signal.LOGS, RefusalReason.TOO_OLD, 2, T);
    ledger.refused(ACME, Signal.LOGS, RefusalReason.MALFORMED, 4, T + HOUR);
    ledger.flush();

    assertThat(reasons(ledger, T + 30, T + HOUR)).isEqualTo(Map.of("too_old", 2L));
  }

  @Test
  void aDocumentWrittenThoughTheAnswerWasLostIsWrittenOver() {
    store.create("one-" + T, new RefusalDocument("one", T, List.of()), "ingest");
    RefusalLedger ledger = new RefusalLedger(store, "one");
    ledger.refused(ACME, Signal.SPANS, RefusalReason.INVALID_TRACE_ID, 2, T);

    ledger.flush();

    assertThat(store.find("one-" + T).orElseThrow().value().rows())
        .containsExactly(new RefusalDocument.Row("acme", "spans", "invalid_trace_id", 2));
  }

  private static Map<String, Long> reasons(RefusalLedger ledger, long from, long to) {
    RefusalLedger.Answer answer = ledger.read(from, to);
    assertThat(answer.documents()).isEqualTo(RefusalLedger.Documents.READ);
    assertThat(answer.rows()).hasSize(1);
    return answer.rows().getFirst().reasons();
  }
}

package io.aom.service.blocks;

import io.aom.blockstore.BlockStore;
import java.time.Instant;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What members and services ask one another of the blocks. Callers need the role "service". */
@RestController
@RequestMapping("/internal/v1")
class BlocksController {
  private final BlockStore<?> store;

  BlocksController(BlockStore<?> store) {
    this.store = store;
  }

  @PostMapping(
      path = "/heads/{query}",
      consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE,
      produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  byte[] heads(@PathVariable String query, @RequestBody byte[] request) {
    return store.answer(query, request);
  }

  @GetMapping("/ledger")
  LedgerResponse ledger(@RequestParam Instant from, @RequestParam Instant to) {
    return LedgerResponse.of(store.ledger(from.toEpochMilli(), to.toEpochMilli()));
  }

  @GetMapping("/blocks")
  BlockStore.Status status() {
    return store.status();
  }

  /** Seals what is open now; operators use it before a planned stop, tests to reach blocks. */
  @PostMapping("/blocks/seal")
  void seal() {
    store.sealNow();
  }

  record LedgerResponse(List<Row> rows, FreshnessBody freshness, boolean partial) {
    record Row(
        String tenant,
        Instant hour,
        long accepted,
        long stored,
        long inHead,
        long deadLettered,
        long duplicate) {}

    record FreshnessBody(Instant completeUntil) {}

    static LedgerResponse of(BlockStore.Ledger ledger) {
      return new LedgerResponse(
          ledger.rows().stream()
              .map(
                  row ->
                      new Row(
                          row.key().tenant().value(),
                          Instant.ofEpochMilli(row.key().hourMillis()),
                          row.counts().accepted(),
                          row.counts().stored() - row.inHead(),
                          row.inHead(),
                          row.counts().deadLettered(),
                          row.counts().duplicate()))
              .toList(),
          new FreshnessBody(Instant.ofEpochMilli(ledger.completeUntilMillis())),
          ledger.partial());
    }
  }
}

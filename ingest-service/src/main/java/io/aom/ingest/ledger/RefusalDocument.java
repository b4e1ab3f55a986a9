package io.aom.ingest.ledger;

import java.util.List;

/**
 * What one process has refused within one hour, counted from its start; a later version of the same
 * document has the newer counts.
 *
 * @param epoch names the process
 * @param hour epoch milliseconds of the beginning of the hour
 */
public record RefusalDocument(String epoch, long hour, List<Row> rows) {
  public RefusalDocument {
    rows = List.copyOf(rows);
  }

  /** Items refused of one tenant and signal for one reason. */
  public record Row(String tenant, String signal, String reason, long items) {}
}

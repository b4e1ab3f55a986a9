package io.aom.blockstore;

import java.util.List;
import java.util.Map;

/**
 * What makes a block visible: created after all its parts are stored, only if there is none for the
 * block yet.
 *
 * @param lastOffset last offset whose record is in the block, or was dead-lettered or repeated
 * @param layout digest of the parts' content; only parts that carry it belong to the block
 * @param parts how many there are; a block may have none
 * @param ledger what became of the items of its records
 * @param requests digests of the requests it holds, in log order
 * @param carry what the segment behind the block begins with; nobody changes it
 * @param lastReceivedMillis epoch milliseconds of receipt of its latest record
 */
record Manifest(
    BlockId id,
    long lastOffset,
    String layout,
    int parts,
    long rows,
    Map<LedgerKey, LedgerCounts> ledger,
    List<RequestDigest> requests,
    byte[] carry,
    long lastReceivedMillis) {
  Manifest {
    ledger = Map.copyOf(ledger);
    requests = List.copyOf(requests);
  }
}

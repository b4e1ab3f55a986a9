package io.aom.blockstore;

/**
 * What became of the items of one tenant and one hour of receipt. For a partition that has been
 * read to its end, {@code accepted = stored + deadLettered + duplicate}, of which {@code inHead}
 * says how many of the stored are not in a block yet.
 *
 * @param accepted items that Kafka acknowledged and a head has read
 * @param stored items that a head or a block holds
 * @param deadLettered items of records that could not be decoded
 * @param duplicate items of requests that were repeated, already held and not taken twice
 */
public record LedgerCounts(long accepted, long stored, long deadLettered, long duplicate) {
  public static final LedgerCounts NONE = new LedgerCounts(0, 0, 0, 0);

  public LedgerCounts plus(LedgerCounts other) {
    return new LedgerCounts(
        accepted + other.accepted,
        stored + other.stored,
        deadLettered + other.deadLettered,
        duplicate + other.duplicate);
  }
}

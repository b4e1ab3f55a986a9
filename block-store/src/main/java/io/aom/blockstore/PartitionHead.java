package io.aom.blockstore;

import java.util.List;

/**
 * What the head of one partition holds at a moment.
 *
 * @param heldFrom where its first row is: what came before is in blocks
 * @param storedUntilMillis epoch milliseconds: no row from before is newer; {@link Long#MAX_VALUE}
 *     if not known
 * @param segments in offset order; the last one may be appended to meanwhile
 */
public record PartitionHead<S extends HeadSegment>(
    int partition,
    HeldFrom heldFrom,
    long storedUntilMillis,
    Freshness freshness,
    List<S> segments) {
  public PartitionHead {
    segments = List.copyOf(segments);
  }
}

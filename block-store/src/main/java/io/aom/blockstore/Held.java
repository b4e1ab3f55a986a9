package io.aom.blockstore;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a query of blocks has to know of the heads that answered before it, so that no row is seen
 * twice, none is missed, and blocks are not searched that cannot have any.
 *
 * @param from by partition, where what its head held began when it answered; parts of the same
 *     topic from there on are left out. A partition that is not named has all its parts found.
 * @param storedUntilMillis epoch milliseconds: no row of the other parts is newer; {@link
 *     Long#MAX_VALUE} if not known
 */
public record Held(Map<Integer, HeldFrom> from, long storedUntilMillis) {
  /** No head has answered. */
  public static final Held NOTHING = new Held(Map.of(), Long.MAX_VALUE);

  public Held {
    from = Map.copyOf(from);
  }

  /** First offset that a head has answered for; null if none has, of this topic. */
  @Nullable Long from(String topicId, int partition) {
    HeldFrom of = from.get(partition);
    return of != null && of.speaksOf(topicId) ? of.offset() : null;
  }

  /** Whether a head has answered for the rows of the block that begins there. */
  public boolean holds(String topicId, int partition, long firstOffset) {
    Long of = from(topicId, partition);
    return of != null && firstOffset >= of;
  }
}

package io.aom.blockstore;

import java.util.Map;

/**
 * What a query of blocks has to know of the heads that answered before it, so that no row is seen
 * twice, none is missed, and blocks are not searched that cannot have any.
 *
 * @param from by partition, the first offset its head still held when it answered; parts from there
 *     on are left out. A partition that is not named has all its parts found.
 * @param storedUntilMillis epoch milliseconds: no row of the other parts is newer; {@link
 *     Long#MAX_VALUE} if not known
 */
public record Held(Map<Integer, Long> from, long storedUntilMillis) {
  /** No head has answered. */
  public static final Held NOTHING = new Held(Map.of(), Long.MAX_VALUE);

  public Held {
    from = Map.copyOf(from);
  }
}

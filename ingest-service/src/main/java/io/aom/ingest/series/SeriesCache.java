package io.aom.ingest.series;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.aom.telemetry.TenantId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Remembers of series, by the bytes in which their labels came, that they were checked and which
 * partition they go to. A series that it has forgotten is merely checked again.
 *
 * <p>A slot is one long: 48 bits of the hash and 16 bits of what is known, written and read whole,
 * so threads share the cache without locks. Memory is fixed: 8 bytes a slot. The hash is XXH3-64
 * under a seed drawn at start, for each tenant another, so a sender can neither foresee nor reuse
 * it.
 */
public final class SeriesCache {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
  private static final long CHECK = ~0xFFFFL;

  /** Slots of a set, in which a series may stand in any of them: half a cache line. */
  private static final int WAYS = 4;

  /** Highest number that an entry can hold: a partition, and perhaps {@link #OF_PAIR}. */
  private static final int MAX_KNOWN = 0xFFFE;

  /** Added to the partition of a series that has a replica's label to be taken away. */
  public static final int OF_PAIR = 0x8000;

  /** What {@link View#partition} answers when it knows nothing. */
  public static final int UNKNOWN = -1;

  private final long[] slots;
  private final int mask;
  private final long seed = new SecureRandom().nextLong();

  /**
   * @param capacity slots, rounded up to a power of two
   */
  public SeriesCache(int capacity) {
    if (capacity < WAYS || capacity > 1 << 28) {
      throw new IllegalArgumentException("slots: " + capacity + " (expected: 4 to 268435456)");
    }
    int size = Integer.highestOneBit(capacity - 1) << 1;
    slots = new long[size];
    mask = size - 1;
  }

  /** The cache as one tenant sees it; keep it, it is costlier to make than to ask. */
  public View of(TenantId tenant) {
    byte[] name = tenant.value().getBytes(StandardCharsets.UTF_8);
    return new View(Hashing.xxh3_64(Hashing.xxh3_64(seed).hashBytesToLong(name)));
  }

  /** One tenant's entries. Thread-safe. */
  public final class View {
    private final Hasher64 hasher;

    private View(Hasher64 hasher) {
      this.hasher = hasher;
    }

    public long hash(byte[] bytes, int from, int to) {
      return hasher.hashBytesToLong(bytes, from, to - from);
    }

    /**
     * The partition of a series that was checked and needs no change, perhaps with {@link #OF_PAIR}
     * added, or {@link #UNKNOWN}.
     */
    public int partition(long hash) {
      int first = first(hash);
      for (int way = 0; way < WAYS; way++) {
        long entry = (long) SLOT.getOpaque(slots, first + way);
        if ((entry & CHECK) == (hash & CHECK) && (entry & ~CHECK) != 0) {
          return (int) (entry & ~CHECK) - 1;
        }
      }
      return UNKNOWN;
    }

    public void put(long hash, int partition) {
      if (partition > MAX_KNOWN) {
        return;
      }
      int first = first(hash);
      // The eldest goes, so a set holds the series that were last put into it.
      for (int way = WAYS - 1; way > 0; way--) {
        SLOT.setOpaque(slots, first + way, (long) SLOT.getOpaque(slots, first + way - 1));
      }
      SLOT.setOpaque(slots, first, (hash & CHECK) | (partition + 1));
    }

    private int first(long hash) {
      return (int) hash & mask & -WAYS;
    }
  }
}

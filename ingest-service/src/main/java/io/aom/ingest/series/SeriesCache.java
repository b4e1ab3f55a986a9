package io.aom.ingest.series;

import com.dynatrace.hash4j.hashing.Hashing;
import io.aom.telemetry.TenantId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Remembers of series, by their labels in the order in which they came, that they were checked and
 * which partition they go to. A series that it has forgotten is merely checked again.
 *
 * <p>A slot is one long: 48 bits of the key and 16 bits of what is known, written and read whole,
 * so threads share the cache without locks. Memory is fixed: 8 bytes a slot. Keys are made with
 * factors drawn at start and a seed for each tenant, so a sender can neither foresee nor reuse one.
 */
public final class SeriesCache {
  private static final long[] FACTORS =
      new SecureRandom().longs(2048).map(factor -> factor | 1).toArray();

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
    return new View(Hashing.xxh3_64(seed).hashBytesToLong(name));
  }

  /**
   * What one label adds to the key of its series; the sum tells apart the same labels in another
   * order, too. Multilinear hashing over hashes of strings (Lemire and Kaser, "Strongly universal
   * string hashing is fast", 2014).
   *
   * @param place of the label in its series, from 0; from 1,024 on they repeat
   * @param name hash of the label's name under a seed that no sender knows
   * @param value hash of its value
   */
  public static long keyShare(int place, long name, long value) {
    int at = 2 * place & FACTORS.length - 1;
    return name * FACTORS[at] + value * FACTORS[at + 1];
  }

  /** One tenant's entries. Thread-safe. */
  public final class View {
    private final long tenantSeed;

    private View(long tenantSeed) {
      this.tenantSeed = tenantSeed;
    }

    /**
     * The key of a series.
     *
     * @param labels sum of the {@link #keyShare} of each label
     */
    public long key(long labels) {
      long key = (labels ^ tenantSeed) * 0x9E3779B97F4A7C15L;
      return key ^ key >>> 32;
    }

    /**
     * The partition of a series that was checked and needs no change, perhaps with {@link #OF_PAIR}
     * added, or {@link #UNKNOWN}.
     */
    public int partition(long key) {
      // Without a branch that depends on what is found: questions that follow one another then wait
      // for memory together. Of two entries, which threads may have made together, the newer wins.
      int first = first(key);
      long found = 0;
      for (int way = WAYS - 1; way >= 0; way--) {
        long entry = (long) SLOT.getOpaque(slots, first + way);
        long difference = (entry ^ key) & CHECK;
        long differs = (difference | -difference) >> 63;
        found = (found & differs) | (entry & ~differs);
      }
      return (int) (found & ~CHECK) - 1;
    }

    public void put(long key, int partition) {
      if (partition > MAX_KNOWN) {
        return;
      }
      int first = first(key);
      // The eldest goes, so a set holds the series that were last put into it.
      for (int way = WAYS - 1; way > 0; way--) {
        SLOT.setOpaque(slots, first + way, (long) SLOT.getOpaque(slots, first + way - 1));
      }
      SLOT.setOpaque(slots, first, (key & CHECK) | (partition + 1));
    }

    private int first(long key) {
      return (int) key & mask & -WAYS;
    }
  }
}

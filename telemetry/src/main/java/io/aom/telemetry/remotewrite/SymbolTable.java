package io.aom.telemetry.remotewrite;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Numbers distinct byte strings from 0 up in the order in which they are first seen; 0 is the empty
 * string, as remote write 2.0 wants it.
 *
 * <p>Not thread-safe. Reusable after {@link #clear}; allocates only when it grows.
 */
public final class SymbolTable {
  /** Seeded by chance, so that nobody can send strings that all fall on one slot. */
  private static final Hasher64 HASHER = Hashing.xxh3_64(new SecureRandom().nextLong());

  /** The low bits of a slot hold a symbol's number plus one, the high ones part of its hash. */
  private static final int ID_BITS = 25;

  private static final long ID_MASK = (1L << ID_BITS) - 1;
  private static final int MAX_SYMBOLS = (1 << ID_BITS) - 2;
  private static final int KEPT_SLOTS = 1 << 16;

  private byte[] arena = new byte[8192];
  private int used;
  private int[] ends = new int[256];
  private long[] hashes = new long[256];
  private int size;
  private long[] slots = new long[1024];

  public SymbolTable() {
    clear();
  }

  public void clear() {
    if (slots.length > KEPT_SLOTS) {
      slots = new long[1024];
      ends = new int[256];
      hashes = new long[256];
      arena = new byte[8192];
    } else {
      Arrays.fill(slots, 0);
    }
    used = 0;
    ends[0] = 0;
    size = 1;
  }

  /** How many strings there are, the empty one included. */
  public int size() {
    return size;
  }

  /** The number of {@code bytes[from, to)}, a new one if it was not seen before. */
  public int intern(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length == 0) {
      return 0;
    }
    long hash = HASHER.hashBytesToLong(bytes, from, length);
    long check = hash & ~ID_MASK;
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (true) {
      long entry = slots[slot];
      if (entry == 0) {
        return insert(bytes, from, to, hash, slot);
      }
      if ((entry & ~ID_MASK) == check) {
        int id = (int) (entry & ID_MASK) - 1;
        if (Arrays.equals(arena, from(id), ends[id], bytes, from, to)) {
          return id;
        }
      }
      slot = (slot + 1) & mask;
    }
  }

  /** The array that the ranges below point into; valid until the next {@link #intern}. */
  public byte[] bytes() {
    return arena;
  }

  public int from(int id) {
    return id == 0 ? 0 : ends[id - 1];
  }

  public int to(int id) {
    return ends[id];
  }

  /** A hash of 64 bits of the string; that of the same string is the same in this process. */
  public long hash(int id) {
    return hashes[id];
  }

  private int insert(byte[] bytes, int from, int to, long hash, int slot) {
    if (size >= MAX_SYMBOLS) {
      throw new IllegalStateException(
          "symbols: " + size + " (expected: below " + MAX_SYMBOLS + ")");
    }
    int length = to - from;
    if (arena.length - used < length) {
      arena = Arrays.copyOf(arena, Math.max(Math.addExact(used, length), arena.length * 2));
    }
    System.arraycopy(bytes, from, arena, used, length);
    used += length;
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
      hashes = Arrays.copyOf(hashes, size * 2);
    }
    ends[size] = used;
    hashes[size] = hash;
    slots[slot] = (hash & ~ID_MASK) | (size + 1);
    int id = size++;
    if (size * 2 > slots.length) {
      grow();
    }
    return id;
  }

  private void grow() {
    long[] bigger = new long[slots.length * 2];
    int mask = bigger.length - 1;
    for (int id = 1; id < size; id++) {
      long hash = hashes[id];
      int slot = (int) hash & mask;
      while (bigger[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      bigger[slot] = (hash & ~ID_MASK) | (id + 1);
    }
    slots = bigger;
  }
}

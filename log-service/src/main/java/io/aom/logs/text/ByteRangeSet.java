package io.aom.logs.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Distinct byte strings, numbered in the order in which they were first added. Adding one that is
 * there already allocates nothing. The hash is seeded for each set, so that no sender can choose
 * strings that collide; the numbering does not depend on the seed.
 *
 * <p>Not thread-safe.
 */
public final class ByteRangeSet {
  private static final long SECRET = 0x9E3779B97F4A7C15L;
  private static final long OTHER_SECRET = 0xD6E8FEB86659FD93L;

  private final long seed = new SplittableRandom().nextLong();
  private byte[] arena;
  private int[] ends;
  private int[] hashes;
  private int[] table;
  private int size;

  /**
   * @param expectedBytes initial room for contents
   * @param expectedEntries initial room for entries
   */
  public ByteRangeSet(int expectedBytes, int expectedEntries) {
    arena = new byte[Math.max(64, expectedBytes)];
    int entries = Math.max(16, expectedEntries);
    ends = new int[entries];
    hashes = new int[entries];
    table = new int[Integer.highestOneBit(entries) * 4];
  }

  /** How many distinct strings there are. */
  public int size() {
    return size;
  }

  /** Bytes of all distinct strings together. */
  public int contentBytes() {
    return start(size);
  }

  /**
   * Adds {@code source[from, to)}.
   *
   * @return its number if it was there before, else {@code ~number}
   */
  public int add(byte[] source, int from, int to) {
    int hash = hash(source, from, to);
    int mask = table.length - 1;
    int slot = hash & mask;
    while (table[slot] != 0) {
      int number = table[slot] - 1;
      if (hashes[number] == hash
          && Arrays.equals(arena, start(number), ends[number], source, from, to)) {
        return number;
      }
      slot = slot + 1 & mask;
    }
    append(source, from, to, hash);
    table[slot] = size;
    if (size * 2 > table.length) {
      rehash(table.length * 2);
    }
    return ~(size - 1);
  }

  /** Forgets all strings from number {@code newSize} on. */
  public void truncate(int newSize) {
    if (newSize < size) {
      size = newSize;
      rehash(table.length);
    }
  }

  /** Forgets everything and keeps the room. */
  public void clear() {
    size = 0;
    Arrays.fill(table, 0);
  }

  public byte[] get(int number) {
    return Arrays.copyOfRange(arena, start(number), ends[number]);
  }

  /** The string of that number as text. */
  public String text(int number) {
    return new String(arena, start(number), ends[number] - start(number), StandardCharsets.UTF_8);
  }

  private int start(int number) {
    return number == 0 ? 0 : ends[number - 1];
  }

  private void append(byte[] source, int from, int to, int hash) {
    int start = start(size);
    int end = Math.addExact(start, to - from);
    if (end > arena.length) {
      arena =
          Arrays.copyOf(
              arena, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(end, 2L * arena.length)));
    }
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
      hashes = Arrays.copyOf(hashes, size * 2);
    }
    System.arraycopy(source, from, arena, start, to - from);
    ends[size] = end;
    hashes[size] = hash;
    size++;
  }

  private void rehash(int slots) {
    table = new int[slots];
    int mask = slots - 1;
    for (int number = 0; number < size; number++) {
      int slot = hashes[number] & mask;
      while (table[slot] != 0) {
        slot = slot + 1 & mask;
      }
      table[slot] = number + 1;
    }
  }

  private int hash(byte[] source, int from, int to) {
    long hash = seed ^ (to - from) * SECRET;
    int at = from;
    while (to - at >= 8) {
      hash = mix(hash ^ (long) Utf8.LONGS.get(source, at), SECRET);
      at += 8;
    }
    long tail = 0;
    while (at < to) {
      tail = (tail << 8) | (source[at++] & 0xFF);
    }
    hash = mix(hash ^ tail, OTHER_SECRET);
    return (int) (hash ^ hash >>> 32);
  }

  private static long mix(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b) ^ a * b;
  }
}

package io.aom.metrics.series;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Numbers different runs of ints from 0 on, in the order in which they come: label sets, say, as
 * numbers of their texts. For one thread.
 */
public final class IntTuples {
  /**
   * One for each place, so that the hash needs no step to wait for another; random, so that no
   * sender can choose labels that collide.
   */
  private static final long[] FACTORS =
      new SplittableRandom(System.nanoTime()).longs(4096).toArray();

  private int[] ints = new int[256];
  private int[] ends = new int[65];
  private int size;

  /** Open addressing: upper half of the hash above, number + 1 below; 0 is free. */
  private long[] table = new long[128];

  /** Number of {@code tuple[0, length)}, which is given one if it has none. */
  public int add(int[] tuple, int length) {
    long hash = hash(tuple, 0, length);
    int mask = table.length - 1;
    int slot = (int) hash & mask;
    for (long entry = table[slot]; entry != 0; entry = table[slot]) {
      if ((int) (entry >>> 32) == (int) (hash >>> 32)) {
        int number = (int) entry - 1;
        if (Arrays.equals(ints, ends[number], ends[number + 1], tuple, 0, length)) {
          return number;
        }
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = hash >>> 32 << 32 | (size + 1);
    return append(tuple, length);
  }

  private int append(int[] tuple, int length) {
    int from = ends[size];
    if (ints.length - from < length) {
      ints = Arrays.copyOf(ints, Math.max(Math.addExact(from, length), ints.length * 2));
    }
    System.arraycopy(tuple, 0, ints, from, length);
    if (size + 2 > ends.length) {
      ends = Arrays.copyOf(ends, ends.length * 2);
    }
    int number = size++;
    ends[size] = from + length;
    if (size * 2 > table.length) {
      rehash();
    }
    return number;
  }

  private static long hash(int[] tuple, int from, int to) {
    long hash = (long) to - from;
    for (int i = from; i < to; i++) {
      hash += (tuple[i] + 1L) * FACTORS[i - from & FACTORS.length - 1];
    }
    hash = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
    return hash ^ hash >>> 29;
  }

  private void rehash() {
    table = new long[table.length * 2];
    int mask = table.length - 1;
    for (int number = 0; number < size; number++) {
      long hash = hash(ints, ends[number], ends[number + 1]);
      int slot = (int) hash & mask;
      while (table[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      table[slot] = hash >>> 32 << 32 | (number + 1);
    }
  }

  public int size() {
    return size;
  }

  /** Where a tuple begins in {@link #ints}. */
  public int from(int number) {
    return ends[number];
  }

  public int to(int number) {
    return ends[number + 1];
  }

  /** All tuples one after the other; not to be changed, another array once it has grown. */
  public int[] ints() {
    return ints;
  }

  public long sizeBytes() {
    return ints.length * 4L + ends.length * 4L + table.length * 8L;
  }
}

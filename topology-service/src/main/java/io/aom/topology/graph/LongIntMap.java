package io.aom.topology.graph;

import io.aom.topology.span.ByteHash;
import java.util.Arrays;

/** Numbers longs in the order in which they first came. Not thread-safe. */
final class LongIntMap {
  private long[] keys;
  private int[] slots;
  private int size;

  LongIntMap(int expected) {
    keys = new long[Math.max(16, expected)];
    slots = new int[Integer.highestOneBit(Math.max(16, expected)) * 4];
  }

  int size() {
    return size;
  }

  long key(int number) {
    return keys[number];
  }

  /** The number of {@code key}; -1 if it has none. */
  int find(long key) {
    int mask = slots.length - 1;
    int slot = ByteHash.of(key) & mask;
    for (int entry = slots[slot]; entry != 0; entry = slots[slot]) {
      if (keys[entry - 1] == key) {
        return entry - 1;
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** The number of {@code key}; {@code size() - 1} afterwards if it is new. */
  int intern(long key) {
    int mask = slots.length - 1;
    int slot = ByteHash.of(key) & mask;
    for (int entry = slots[slot]; entry != 0; entry = slots[slot]) {
      if (keys[entry - 1] == key) {
        return entry - 1;
      }
      slot = (slot + 1) & mask;
    }
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
    }
    keys[size++] = key;
    slots[slot] = size;
    if (size * 2 > slots.length) {
      rehash();
    }
    return size - 1;
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    int mask = slots.length - 1;
    for (int i = 0; i < size; i++) {
      int slot = ByteHash.of(keys[i]) & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = i + 1;
    }
  }
}

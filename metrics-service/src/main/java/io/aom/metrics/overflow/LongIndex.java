package io.aom.metrics.overflow;

/** Numbers by key, by open addressing; the keys are hashes already. Not thread-safe. */
final class LongIndex {
  private long[] keys = new long[16];

  /** Number + 1; 0 is free. */
  private int[] numbers = new int[16];

  private int size;

  /** Number of the key, -1 if it has none. */
  int get(long key) {
    int mask = keys.length - 1;
    for (int slot = (int) key & mask; ; slot = (slot + 1) & mask) {
      if (numbers[slot] == 0) {
        return -1;
      }
      if (keys[slot] == key) {
        return numbers[slot] - 1;
      }
    }
  }

  /** Gives a number to a key that has none. */
  void put(long key, int number) {
    if (++size * 2 > keys.length) {
      long[] oldKeys = keys;
      int[] oldNumbers = numbers;
      keys = new long[oldKeys.length * 2];
      numbers = new int[oldKeys.length * 2];
      for (int i = 0; i < oldKeys.length; i++) {
        if (oldNumbers[i] != 0) {
          insert(oldKeys[i], oldNumbers[i]);
        }
      }
    }
    insert(key, number + 1);
  }

  private void insert(long key, int stored) {
    int mask = keys.length - 1;
    int slot = (int) key & mask;
    while (numbers[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    keys[slot] = key;
    numbers[slot] = stored;
  }

  long sizeBytes() {
    return keys.length * 12L;
  }
}

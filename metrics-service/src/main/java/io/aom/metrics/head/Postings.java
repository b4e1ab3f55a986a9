package io.aom.metrics.head;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which series have a label pair, and which values a label name has. Texts by their number in the
 * {@link io.aom.metrics.series.SymbolTable}; series by their number, ascending.
 *
 * <p>One thread adds, under its segment's write lock; readers hold the read lock.
 */
final class Postings {
  private long[] keys = new long[1024];
  private @Nullable IntList[] lists = new IntList[1024];
  private int pairs;
  private final Map<Integer, IntList> valuesByName = new HashMap<>();

  private static long key(int name, int value) {
    return ((long) name << 32 | value) + 1;
  }

  private static int spread(long key) {
    long h = key * 0x9E3779B97F4A7C15L;
    return (int) (h >>> 32);
  }

  void add(int name, int value, int series) {
    long key = key(name, value);
    int slot = slot(key);
    IntList list = lists[slot];
    if (list == null) {
      list = new IntList(1);
      keys[slot] = key;
      lists[slot] = list;
      pairs++;
      valuesByName.computeIfAbsent(name, n -> new IntList(4)).add(value);
      if (pairs * 2 > keys.length) {
        rehash();
      }
    }
    list.add(series);
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = spread(key) & mask;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void rehash() {
    long[] oldKeys = keys;
    @Nullable IntList[] oldLists = lists;
    keys = new long[oldKeys.length * 2];
    lists = new IntList[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        lists[slot] = oldLists[i];
      }
    }
  }

  /** Series with this pair, or null if there is none. */
  @Nullable IntList find(int name, int value) {
    return lists[slot(key(name, value))];
  }

  /** Values of this name, or null if no series has it. */
  @Nullable IntList valuesOf(int name) {
    return valuesByName.get(name);
  }

  List<Integer> names() {
    return new ArrayList<>(valuesByName.keySet());
  }

  long sizeBytes() {
    return keys.length * 12L + pairs * 56L;
  }
}

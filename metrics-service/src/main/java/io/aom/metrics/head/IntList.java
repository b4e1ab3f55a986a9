package io.aom.metrics.head;

import java.util.Arrays;

/** A growing list of ints. Not thread-safe. */
final class IntList {
  private int[] items;
  private int size;

  IntList(int capacity) {
    items = new int[capacity];
  }

  void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, Math.max(4, size * 2));
    }
    items[size++] = item;
  }

  int get(int index) {
    return items[index];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }
}

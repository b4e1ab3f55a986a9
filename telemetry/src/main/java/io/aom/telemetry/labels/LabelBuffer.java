package io.aom.telemetry.labels;

import com.dynatrace.hash4j.hashing.Hasher64;
import java.util.Arrays;

/**
 * The labels of one series while they are put together: names and values as UTF-8 ranges of one
 * array.
 *
 * <p>Not thread-safe. Reusable after {@link #clear}; allocates only when it grows.
 */
public final class LabelBuffer {
  /** Ends each name and each value in the canonical form; no UTF-8 text holds this byte. */
  private static final byte SEPARATOR = (byte) 0xFF;

  private static final byte[] JOINT = {';'};

  private byte[] arena = new byte[1024];
  private int used;
  private byte[] canonical = new byte[0];
  private int[] nameFrom = new int[32];
  private int[] nameTo = new int[32];
  private int[] valueFrom = new int[32];
  private int[] valueTo = new int[32];
  private int size;

  public void clear() {
    size = 0;
    used = 0;
  }

  public int size() {
    return size;
  }

  /** Appends a label; order and uniqueness are the business of {@link #sort}. */
  public void add(byte[] names, int nFrom, int nTo, byte[] values, int vFrom, int vTo) {
    if (size == nameFrom.length) {
      int bigger = size * 2;
      nameFrom = Arrays.copyOf(nameFrom, bigger);
      nameTo = Arrays.copyOf(nameTo, bigger);
      valueFrom = Arrays.copyOf(valueFrom, bigger);
      valueTo = Arrays.copyOf(valueTo, bigger);
    }
    nameFrom[size] = used;
    append(names, nFrom, nTo);
    nameTo[size] = used;
    valueFrom[size] = used;
    append(values, vFrom, vTo);
    valueTo[size] = used;
    size++;
  }

  public void add(byte[] name, byte[] value) {
    add(name, 0, name.length, value, 0, value.length);
  }

  /** Starts over with the labels of another buffer. */
  public void copyFrom(LabelBuffer other) {
    clear();
    addAll(other);
  }

  public void addAll(LabelBuffer other) {
    for (int i = 0; i < other.size; i++) {
      add(
          other.arena,
          other.nameFrom[i],
          other.nameTo[i],
          other.arena,
          other.valueFrom[i],
          other.valueTo[i]);
    }
  }

  /** Gives the label of that name this value, whether it had one or not. */
  public void put(byte[] name, byte[] value) {
    put(name, 0, name.length, value, 0, value.length);
  }

  /** Puts all labels of another buffer, which win over those here. */
  public void putAll(LabelBuffer other) {
    for (int i = 0; i < other.size; i++) {
      put(
          other.arena,
          other.nameFrom[i],
          other.nameTo[i],
          other.arena,
          other.valueFrom[i],
          other.valueTo[i]);
    }
  }

  private void put(byte[] names, int nFrom, int nTo, byte[] values, int vFrom, int vTo) {
    int present = find(names, nFrom, nTo);
    if (present < 0) {
      add(names, nFrom, nTo, values, vFrom, vTo);
    } else {
      setValue(present, values, vFrom, vTo);
    }
  }

  /** Adds the labels of another buffer whose names have no value here. */
  public void addMissing(LabelBuffer other) {
    for (int i = 0; i < other.size; i++) {
      int present = find(other.arena, other.nameFrom[i], other.nameTo[i]);
      if (present < 0) {
        add(
            other.arena,
            other.nameFrom[i],
            other.nameTo[i],
            other.arena,
            other.valueFrom[i],
            other.valueTo[i]);
      } else if (valueTo[present] == valueFrom[present]) {
        setValue(present, other.arena, other.valueFrom[i], other.valueTo[i]);
      }
    }
  }

  /**
   * Makes one of the labels of a sorted buffer that share a name, their values with ';' between in
   * the present order, as OpenTelemetry wants it of attributes whose names fall together. Empty
   * values before the first that is not count for nothing.
   */
  public void joinDuplicates() {
    int kept = 0;
    int from = 0;
    while (from < size) {
      int to = from + 1;
      while (to < size && compareNames(from, to) == 0) {
        to++;
      }
      if (to - from > 1) {
        join(from, to);
      }
      move(from, kept++);
      from = to;
    }
    size = kept;
  }

  private void join(int from, int to) {
    int first = from;
    while (first < to - 1 && valueTo[first] == valueFrom[first]) {
      first++;
    }
    int start = used;
    for (int i = first; i < to; i++) {
      if (i > first) {
        append(JOINT, 0, 1);
      }
      append(arena, valueFrom[i], valueTo[i]);
    }
    valueFrom[from] = start;
    valueTo[from] = used;
  }

  /** Gives label {@code index} another value; the old bytes stay in the array, unused. */
  public void setValue(int index, byte[] source, int from, int to) {
    valueFrom[index] = used;
    append(source, from, to);
    valueTo[index] = used;
  }

  /** Takes out the labels without a value: to Prometheus an empty value is no label. */
  public void dropEmpty() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (valueTo[i] > valueFrom[i]) {
        move(i, kept++);
      }
    }
    size = kept;
  }

  /**
   * Takes out label {@code index}; the order of the others stays.
   *
   * @param index 0 to size - 1
   */
  public void remove(int index) {
    for (int i = index + 1; i < size; i++) {
      move(i, i - 1);
    }
    size--;
  }

  /** Sorts by the bytes of the names, stable, fast for what is nearly sorted. */
  public void sort() {
    for (int i = 1; i < size; i++) {
      int at = i;
      while (at > 0 && compareNames(at - 1, at) > 0) {
        swap(at - 1, at);
        at--;
      }
    }
  }

  /** Index of the second label of a sorted buffer that bears its neighbour's name, or -1. */
  public int firstDuplicate() {
    for (int i = 1; i < size; i++) {
      if (compareNames(i - 1, i) == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Whether names rise strictly: sorted and none twice. */
  public boolean isStrictlySorted() {
    for (int i = 1; i < size; i++) {
      if (compareNames(i - 1, i) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Index of the label with this name, or -1. */
  public int find(byte[] name) {
    return find(name, 0, name.length);
  }

  private int find(byte[] names, int from, int to) {
    for (int i = 0; i < size; i++) {
      if (Arrays.equals(arena, nameFrom[i], nameTo[i], names, from, to)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Hash of the labels in their present order, as {@code name 0xFF value 0xFF} each; sort first.
   */
  public long hash(Hasher64 hasher) {
    int length = 0;
    for (int i = 0; i < size; i++) {
      length += nameTo[i] - nameFrom[i] + valueTo[i] - valueFrom[i] + 2;
    }
    if (canonical.length < length) {
      canonical = new byte[length * 2];
    }
    int at = 0;
    for (int i = 0; i < size; i++) {
      at = copy(nameFrom[i], nameTo[i], at);
      at = copy(valueFrom[i], valueTo[i], at);
    }
    return hasher.hashBytesToLong(canonical, 0, length);
  }

  /** The array that the ranges below point into; valid until the next change. */
  public byte[] bytes() {
    return arena;
  }

  public int nameFrom(int index) {
    return nameFrom[index];
  }

  public int nameTo(int index) {
    return nameTo[index];
  }

  public int valueFrom(int index) {
    return valueFrom[index];
  }

  public int valueTo(int index) {
    return valueTo[index];
  }

  private int compareNames(int a, int b) {
    return Arrays.compareUnsigned(arena, nameFrom[a], nameTo[a], arena, nameFrom[b], nameTo[b]);
  }

  private int copy(int from, int to, int at) {
    System.arraycopy(arena, from, canonical, at, to - from);
    int end = at + to - from;
    canonical[end] = SEPARATOR;
    return end + 1;
  }

  private void append(byte[] source, int from, int to) {
    int length = to - from;
    if (arena.length - used < length) {
      arena = Arrays.copyOf(arena, Math.max(Math.addExact(used, length), arena.length * 2));
    }
    System.arraycopy(source, from, arena, used, length);
    used += length;
  }

  private void move(int from, int to) {
    nameFrom[to] = nameFrom[from];
    nameTo[to] = nameTo[from];
    valueFrom[to] = valueFrom[from];
    valueTo[to] = valueTo[from];
  }

  private void swap(int a, int b) {
    swap(nameFrom, a, b);
    swap(nameTo, a, b);
    swap(valueFrom, a, b);
    swap(valueTo, a, b);
  }

  private static void swap(int[] values, int a, int b) {
    int kept = values[a];
    values[a] = values[b];
    values[b] = kept;
  }
}

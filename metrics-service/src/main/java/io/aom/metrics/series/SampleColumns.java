package io.aom.metrics.series;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one series as parallel columns, in strictly increasing time order when finished. A
 * sample is a float, or a native histogram in its wire form (then its value is 0). A float may come
 * with the time its counter started; a histogram says that in its wire form.
 *
 * <p>Not thread-safe while it grows. Reading allocates nothing; appending only when columns grow.
 */
public final class SampleColumns {
  private static final long[] NO_TIMES = {};
  private static final double[] NO_VALUES = {};

  private long[] times;
  private double[] values;
  private byte @Nullable [] @Nullable [] histograms;
  private long @Nullable [] starts;
  private int size;

  public SampleColumns() {
    this(0);
  }

  public SampleColumns(int capacity) {
    times = capacity == 0 ? NO_TIMES : new long[capacity];
    values = capacity == 0 ? NO_VALUES : new double[capacity];
  }

  /** Columns over these arrays, which are not copied; both count {@code size} samples. */
  public SampleColumns(long[] times, double[] values, int size) {
    this.times = times;
    this.values = values;
    this.size = size;
  }

  /** Like the other, with a column of start times; 0 where one is not known. */
  public SampleColumns(long[] times, double[] values, long @Nullable [] starts, int size) {
    this(times, values, size);
    this.starts = starts;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** About what the samples take in memory, whatever room the columns have besides. */
  public long sizeBytes() {
    long bytes = (starts == null ? 16L : 24L) * size;
    byte @Nullable [] @Nullable [] column = histograms;
    for (int i = 0; i < size && column != null; i++) {
      byte[] histogram = column[i];
      bytes += 8 + (histogram == null ? 0 : 16 + histogram.length);
    }
    return bytes;
  }

  /** Epoch milliseconds. */
  public long time(int index) {
    return times[index];
  }

  public double value(int index) {
    return values[index];
  }

  /** The native histogram at {@code index} as remote write sends it, or null for a float. */
  public byte @Nullable [] histogram(int index) {
    byte @Nullable [] @Nullable [] column = histograms;
    return column == null ? null : column[index];
  }

  public boolean hasHistograms() {
    return histograms != null;
  }

  /** When the counter behind a float started, in epoch milliseconds; 0 if that is not known. */
  public long start(int index) {
    long[] column = starts;
    return column == null ? 0 : column[index];
  }

  /** Whether any float says when its counter started. */
  public boolean hasStarts() {
    return starts != null;
  }

  /** The time column itself; of it the first {@link #size} count. */
  public long[] times() {
    return times;
  }

  /** The value column itself; of it the first {@link #size} count. */
  public double[] values() {
    return values;
  }

  /** Makes room for {@code capacity} samples in all. */
  public void reserve(int capacity) {
    if (capacity > times.length) {
      grow(capacity);
    }
  }

  /**
   * Says how many samples there are, after floats were put into the columns themselves, or to
   * forget those from {@code newSize} on.
   */
  public void resize(int newSize) {
    if (newSize > times.length) {
      throw new IllegalArgumentException(
          "size: " + newSize + " (expected: at most the " + times.length + " reserved)");
    }
    size = newSize;
  }

  /** Forgets every sample; the columns of floats stay, to be filled again. */
  public void clear() {
    size = 0;
    histograms = null;
    starts = null;
  }

  /** Appends the samples {@code [from, to)} of another, all later than those that are here. */
  public void appendAll(SampleColumns later, int from, int to) {
    int count = Math.max(0, to - from);
    reserve(size + count);
    if (later.histograms == null && later.starts == null && histograms == null && starts == null) {
      System.arraycopy(later.times, from, times, size, count);
      System.arraycopy(later.values, from, values, size, count);
      size += count;
      return;
    }
    for (int i = from; i < to; i++) {
      copy(later, i);
    }
  }

  public void append(long timeMillis, double value) {
    if (size == times.length) {
      grow(size + 1);
    }
    times[size] = timeMillis;
    values[size] = value;
    size++;
  }

  /**
   * @param startMillis when the counter started; 0 if that is not known
   */
  public void append(long timeMillis, double value, long startMillis) {
    append(timeMillis, value);
    long[] column = starts;
    if (column == null) {
      if (startMillis == 0) {
        return;
      }
      column = new long[times.length];
      starts = column;
    }
    column[size - 1] = startMillis;
  }

  public void append(long timeMillis, byte[] histogram) {
    append(timeMillis, 0);
    byte @Nullable [] @Nullable [] column = histograms;
    if (column == null) {
      column = new byte[times.length][];
      histograms = column;
    }
    column[size - 1] = histogram;
  }

  private void grow(int least) {
    int capacity = Math.max(Math.max(16, least), times.length * 2);
    times = Arrays.copyOf(times, capacity);
    values = Arrays.copyOf(values, capacity);
    byte @Nullable [] @Nullable [] column = histograms;
    if (column != null) {
      histograms = Arrays.copyOf(column, capacity);
    }
    long[] begun = starts;
    if (begun != null) {
      starts = Arrays.copyOf(begun, capacity);
    }
  }

  /** Index of the first sample later than {@code timeMillis}, or {@link #size} if none is. */
  public int firstAfter(long timeMillis) {
    return firstAfter(times, size, timeMillis);
  }

  /** Index of the first of {@code size} ascending times that is later, or {@code size}. */
  public static int firstAfter(long[] times, int size, long timeMillis) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] <= timeMillis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Both samples together, in time order. Where both have a sample at the same time, that of {@code
   * newer} counts: the last write wins.
   */
  public static SampleColumns merge(SampleColumns older, SampleColumns newer) {
    if (older.size == 0) {
      return newer;
    }
    if (newer.size == 0) {
      return older;
    }
    SampleColumns merged = new SampleColumns(older.size + newer.size);
    int o = 0;
    int n = 0;
    while (o < older.size || n < newer.size) {
      if (n == newer.size || (o < older.size && older.times[o] < newer.times[n])) {
        merged.copy(older, o++);
      } else {
        if (o < older.size && older.times[o] == newer.times[n]) {
          o++;
        }
        merged.copy(newer, n++);
      }
    }
    return merged;
  }

  /** The same samples in columns of their own. */
  public SampleColumns copy() {
    SampleColumns copy = new SampleColumns(size);
    copy.appendAll(this, 0, size);
    return copy;
  }

  private void copy(SampleColumns from, int index) {
    byte @Nullable [] histogram = from.histogram(index);
    if (histogram == null) {
      append(from.times[index], from.values[index], from.start(index));
    } else {
      append(from.times[index], histogram);
    }
  }

  /** The samples in {@code (afterMillis, untilMillis]}. */
  public SampleColumns window(long afterMillis, long untilMillis) {
    return slice(firstAfter(afterMillis), firstAfter(untilMillis));
  }

  /** The samples {@code [from, to)}. */
  public SampleColumns slice(int from, int to) {
    if (from == 0 && to == size) {
      return this;
    }
    SampleColumns part = new SampleColumns(Math.max(0, to - from));
    part.appendAll(this, from, to);
    return part;
  }

  /**
   * Puts samples that were appended in any order into time order; of several at one time the last
   * appended stays.
   */
  public void sort() {
    boolean sorted = true;
    for (int i = 1; i < size && sorted; i++) {
      sorted = times[i - 1] < times[i];
    }
    if (sorted) {
      return;
    }
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Long.compare(times[a], times[b])); // stable: later appends last
    SampleColumns result = new SampleColumns(size);
    for (int i = 0; i < order.length; i++) {
      if (i + 1 == order.length || times[order[i]] != times[order[i + 1]]) {
        result.copy(this, order[i]);
      }
    }
    times = result.times;
    values = result.values;
    histograms = result.histograms;
    starts = result.starts;
    size = result.size;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < size; i++) {
      text.append(i == 0 ? "" : ", ").append(times[i]).append(' ');
      byte @Nullable [] histogram = histogram(i);
      text.append(histogram == null ? String.valueOf(values[i]) : histogram.length + " bytes");
    }
    return text.append(']').toString();
  }
}

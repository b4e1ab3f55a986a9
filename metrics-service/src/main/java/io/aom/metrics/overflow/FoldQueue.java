package io.aom.metrics.overflow;

import java.util.Arrays;
import java.util.Comparator;

/** Samples of folded series that one record brought. Not thread-safe. */
final class FoldQueue {
  private int[] series = new int[64];
  private long[] time = new long[64];
  private long[] bits = new long[64];
  private int size;
  private boolean inOrder = true;

  void add(int of, long timeMillis, long valueBits) {
    if (size == series.length) {
      series = Arrays.copyOf(series, size * 2);
      time = Arrays.copyOf(time, size * 2);
      bits = Arrays.copyOf(bits, size * 2);
    }
    inOrder &= size == 0 || time[size - 1] <= timeMillis;
    series[size] = of;
    time[size] = timeMillis;
    bits[size++] = valueBits;
  }

  /** Brings them into the order of their times; those of one time stay as they came. */
  void sort() {
    if (inOrder) {
      return;
    }
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(i -> time[i]));
    int[] oldSeries = series.clone();
    long[] oldTime = time.clone();
    long[] oldBits = bits.clone();
    for (int i = 0; i < size; i++) {
      series[i] = oldSeries[order[i]];
      time[i] = oldTime[order[i]];
      bits[i] = oldBits[order[i]];
    }
  }

  int size() {
    return size;
  }

  int series(int index) {
    return series[index];
  }

  long time(int index) {
    return time[index];
  }

  long bits(int index) {
    return bits[index];
  }

  void clear() {
    size = 0;
    inOrder = true;
  }
}

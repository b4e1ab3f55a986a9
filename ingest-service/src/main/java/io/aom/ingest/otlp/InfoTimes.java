package io.aom.ingest.otlp;

import java.util.Arrays;

/**
 * The first and the last time of a resource's samples in each step of two and a half minutes. That
 * is half of the time for which a query looks back for a sample, so that a series with a sample at
 * these times is seen wherever one of the resource's other series is. Not thread-safe; reusable.
 */
final class InfoTimes {
  private static final long STEP_MILLIS = 150_000;

  private long[] step = new long[4];
  private long[] first = new long[4];
  private long[] last = new long[4];
  private int size;

  void clear() {
    size = 0;
  }

  /** Notes the time of a sample, epoch milliseconds. */
  void note(long timeMillis) {
    long wanted = Math.floorDiv(timeMillis, STEP_MILLIS);
    int at =
        size > 0 && step[size - 1] == wanted
            ? size - 1
            : Arrays.binarySearch(step, 0, size, wanted);
    if (at >= 0) {
      first[at] = Math.min(first[at], timeMillis);
      last[at] = Math.max(last[at], timeMillis);
      return;
    }
    if (size == step.length) {
      step = Arrays.copyOf(step, size * 2);
      first = Arrays.copyOf(first, size * 2);
      last = Arrays.copyOf(last, size * 2);
    }
    insert(step, -at - 1, wanted);
    insert(first, -at - 1, timeMillis);
    insert(last, -at - 1, timeMillis);
    size++;
  }

  private void insert(long[] values, int at, long value) {
    System.arraycopy(values, at, values, at + 1, size - at);
    values[at] = value;
  }

  /** How many steps have samples. */
  int size() {
    return size;
  }

  /**
   * @param index of a step that has samples, by time
   */
  long first(int index) {
    return first[index];
  }

  long last(int index) {
    return last[index];
  }
}

package io.aom.metrics.overflow;

import io.aom.metrics.series.StaleMarker;
import java.util.Arrays;

/** What is known of each series that was folded, in columns. */
final class FoldedSeries {
  /** Instead of a value: it has none, or is stale. */
  static final long NO_VALUE = StaleMarker.BITS;

  long[] hash = new long[64];

  /** Time of its newest sample. */
  long[] time = new long[64];

  long[] bits = new long[64];
  int[] overflow = new int[64];

  /** Minute of receipt of its newest sample. */
  int[] minute = new int[64];

  // Neighbours among the summands of a gauge.
  private int[] before = new int[64];
  private int[] behind = new int[64];

  private final LongIndex index = new LongIndex();
  private int size;

  int size() {
    return size;
  }

  /** Number of the series, -1 if it is not folded. */
  int find(long seriesHash) {
    return index.get(seriesHash);
  }

  int add(long seriesHash, int of, int nowMinute) {
    if (size == hash.length) {
      int more = size * 2;
      hash = Arrays.copyOf(hash, more);
      time = Arrays.copyOf(time, more);
      bits = Arrays.copyOf(bits, more);
      overflow = Arrays.copyOf(overflow, more);
      minute = Arrays.copyOf(minute, more);
      before = Arrays.copyOf(before, more);
      behind = Arrays.copyOf(behind, more);
    }
    hash[size] = seriesHash;
    time[size] = -1;
    bits[size] = NO_VALUE;
    overflow[size] = of;
    minute[size] = nowMinute;
    index.put(seriesHash, size);
    return size++;
  }

  /** Makes a series a summand of the gauge it belongs to, the newest one. */
  void link(OverflowSeries to, int number) {
    before[number] = to.last;
    behind[number] = OverflowSeries.NONE;
    if (to.last == OverflowSeries.NONE) {
      to.first = number;
    } else {
      behind[to.last] = number;
    }
    to.last = number;
  }

  void unlink(OverflowSeries from, int number) {
    int left = before[number];
    int right = behind[number];
    if (left == OverflowSeries.NONE) {
      from.first = right;
    } else {
      behind[left] = right;
    }
    if (right == OverflowSeries.NONE) {
      from.last = left;
    } else {
      before[right] = left;
    }
  }

  /** The summand that came after this one. */
  int next(int number) {
    return behind[number];
  }

  long sizeBytes() {
    return hash.length * 40L + index.sizeBytes();
  }
}

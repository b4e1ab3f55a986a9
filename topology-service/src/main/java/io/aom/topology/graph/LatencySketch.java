package io.aom.topology.graph;

import java.util.Arrays;

/**
 * How durations are spread, in fixed buckets: 32 for each doubling, so that a quantile is off by at
 * most 1.6 per cent of itself. Durations under 64 ns are exact. Sketches of anything can be added,
 * in any order, with the same result. Not thread-safe.
 */
public final class LatencySketch {
  private static final int SUB_BITS = 5;
  private static final int SUB = 1 << SUB_BITS;

  /** Buckets are {@code [0, BUCKETS)}. */
  public static final int BUCKETS = (62 - SUB_BITS) * SUB + 2 * SUB;

  private long[] counts = new long[0];
  private int first;
  private long total;

  /** The bucket of a duration; a negative one falls into the first. */
  public static int bucket(long nanos) {
    if (nanos < SUB) {
      return (int) Math.max(0, nanos);
    }
    int shift = 63 - Long.numberOfLeadingZeros(nanos) - SUB_BITS;
    return shift * SUB + (int) (nanos >>> shift);
  }

  /** Middle of a bucket in nanoseconds. */
  public static double middleNanos(int bucket) {
    if (bucket < 2 * SUB) {
      return bucket;
    }
    int shift = bucket / SUB - 1;
    double low = (double) ((long) (bucket - shift * SUB) << shift);
    return low + ((1L << shift) - 1) / 2.0;
  }

  public void add(int bucket, long count) {
    if (bucket < 0 || bucket >= BUCKETS) {
      throw new IllegalArgumentException(
          "bucket: " + bucket + " (expected: 0 to " + (BUCKETS - 1) + ")");
    }
    if (counts.length == 0) {
      first = bucket;
      counts = new long[SUB];
    } else if (bucket < first) {
      int lower = Math.max(0, bucket - SUB);
      long[] wider = new long[counts.length + first - lower];
      System.arraycopy(counts, 0, wider, first - lower, counts.length);
      counts = wider;
      first = lower;
    } else if (bucket - first >= counts.length) {
      counts = Arrays.copyOf(counts, bucket - first + SUB);
    }
    counts[bucket - first] += count;
    total += count;
  }

  public void add(LatencySketch other) {
    for (int i = 0; i < other.counts.length; i++) {
      if (other.counts[i] != 0) {
        add(other.first + i, other.counts[i]);
      }
    }
  }

  /** How many durations were added. */
  public long total() {
    return total;
  }

  /**
   * The duration in nanoseconds that {@code quantile} (0 to 1) of them reach; 0 if there is none.
   */
  public double quantileNanos(double quantile) {
    if (total == 0) {
      return 0;
    }
    long rank = Math.max(1, (long) Math.ceil(quantile * total));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return middleNanos(first + i);
      }
    }
    throw new IllegalArgumentException("quantile: " + quantile + " (expected: 0 to 1)");
  }
}

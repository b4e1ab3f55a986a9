package io.aom.topology.graph;

import io.aom.topology.column.ColumnReader;

/** Reads rows that a {@link MinuteStatsBuilder} wrote, one after the other. Not thread-safe. */
final class MinuteStats {
  private final ColumnReader in;
  private final int keys;
  private int rows;
  private int key;
  private int minute;
  private long calls;
  private long errors;
  private int bucketCount;
  private int[] buckets = new int[16];
  private long[] counts = new long[16];

  /** Row keys must lie in {@code [0, keys)}. */
  MinuteStats(ColumnReader in, int keys) {
    this.in = in;
    this.keys = keys;
    this.rows = in.count();
  }

  boolean next() {
    if (rows == 0) {
      return false;
    }
    rows--;
    key = in.below(keys);
    minute = (int) (minute + in.signed());
    errors = in.varint();
    bucketCount = in.below(LatencySketch.BUCKETS + 1);
    if (bucketCount > buckets.length) {
      buckets = new int[bucketCount * 2];
      counts = new long[bucketCount * 2];
    }
    calls = 0;
    int bucket = 0;
    for (int i = 0; i < bucketCount; i++) {
      bucket += in.below(LatencySketch.BUCKETS);
      if (bucket >= LatencySketch.BUCKETS) {
        throw in.malformed("bucket " + bucket + " (expected: under " + LatencySketch.BUCKETS + ")");
      }
      buckets[i] = bucket;
      counts[i] = in.varint();
      calls += counts[i];
    }
    return true;
  }

  int key() {
    return key;
  }

  /** Whether the row's minute overlaps {@code [startMillis, endMillis)}. */
  boolean within(long startMillis, long endMillis) {
    long from = minute * 60_000L;
    return from < endMillis && from + 60_000 > startMillis;
  }

  long calls() {
    return calls;
  }

  long errors() {
    return errors;
  }

  void addTo(CallStats stats) {
    stats.add(calls, errors);
    for (int i = 0; i < bucketCount; i++) {
      stats.durations().add(buckets[i], counts[i]);
    }
  }
}

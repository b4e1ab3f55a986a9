package io.aom.topology.graph;

import io.aom.topology.column.ColumnWriter;
import java.util.Arrays;

/**
 * Counts calls, errors and durations by key and minute, and writes them. Keys are the caller's
 * numbers. Rows are written in the order in which key and minute first came together.
 *
 * <p>Durations are gathered as one long each and sorted once: no sketch object is made for a row.
 */
final class MinuteStatsBuilder {
  private final LongIntMap rows;
  private long[] sightings;
  private int size;

  MinuteStatsBuilder(int expected) {
    rows = new LongIntMap(Math.min(expected, 1024));
    sightings = new long[Math.max(16, expected)];
  }

  void add(int key, long startNanos, long durationNanos, boolean error) {
    add(key, minute(startNanos), LatencySketch.bucket(durationNanos), error);
  }

  void add(int key, int minute, int bucket, boolean error) {
    int row = rows.intern((long) key << 32 | minute);
    if (size == sightings.length) {
      sightings = Arrays.copyOf(sightings, size * 2);
    }
    sightings[size++] = (long) row << 32 | (long) bucket << 1 | (error ? 1 : 0);
  }

  /** Minutes since the epoch; not negative. */
  static int minute(long nanos) {
    return (int) (nanos / 60_000_000_000L);
  }

  void write(ColumnWriter out) {
    Arrays.sort(sightings, 0, size);
    out.varint(rows.size());
    int from = 0;
    int previousMinute = 0;
    for (int row = 0; row < rows.size(); row++) {
      int to = from;
      int errors = 0;
      int buckets = 0;
      int last = -1;
      while (to < size && (int) (sightings[to] >>> 32) == row) {
        errors += (int) (sightings[to] & 1);
        int bucket = bucketOf(sightings[to]);
        if (bucket != last) {
          buckets++;
          last = bucket;
        }
        to++;
      }
      long key = rows.key(row);
      int minute = (int) key;
      out.varint(key >>> 32).signed((long) minute - previousMinute).varint(errors).varint(buckets);
      previousMinute = minute;
      writeBuckets(out, from, to);
      from = to;
    }
  }

  private void writeBuckets(ColumnWriter out, int from, int to) {
    int previous = 0;
    int at = from;
    while (at < to) {
      int bucket = bucketOf(sightings[at]);
      int run = at;
      while (run < to && bucketOf(sightings[run]) == bucket) {
        run++;
      }
      out.varint(bucket - previous).varint(run - at);
      previous = bucket;
      at = run;
    }
  }

  private static int bucketOf(long sighting) {
    return (int) sighting >>> 1;
  }
}

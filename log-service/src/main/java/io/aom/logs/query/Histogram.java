package io.aom.logs.query;

import io.aom.logs.row.Severity;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;

/**
 * Rows counted by bucket of time and severity. Not thread-safe.
 *
 * <p>Buckets begin at multiples of their width, so the first may begin before the window and the
 * last end after it; only rows inside the window are counted.
 */
public final class Histogram {
  private final long startMillis;
  private final long stepMillis;
  private final long[] counts;

  /**
   * @param startMillis epoch milliseconds
   * @param endMillis epoch milliseconds, exclusive; after the start
   * @param stepMillis width of a bucket
   */
  public Histogram(long startMillis, long endMillis, long stepMillis) {
    this.startMillis = Math.floorDiv(startMillis, stepMillis) * stepMillis;
    this.stepMillis = stepMillis;
    long buckets = (endMillis - this.startMillis + stepMillis - 1) / stepMillis;
    counts = new long[Math.toIntExact(buckets * Severity.COUNT)];
  }

  public int buckets() {
    return counts.length / Severity.COUNT;
  }

  public long bucketStartMillis(int bucket) {
    return startMillis + bucket * stepMillis;
  }

  public long count(int bucket, Severity severity) {
    return counts[bucket * Severity.COUNT + severity.code()];
  }

  long stepMillis() {
    return stepMillis;
  }

  /** Whether every minute lies in one bucket. */
  boolean takesMinutes() {
    return stepMillis % 60_000 == 0;
  }

  /** Adds rows of a time inside the window. */
  void add(long timeMillis, Severity severity, long rows) {
    int bucket = (int) ((timeMillis - startMillis) / stepMillis);
    counts[bucket * Severity.COUNT + severity.code()] += rows;
  }

  /** Adds another one of the same buckets. */
  void add(Histogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  void write(ProtoWriter writer, int field) {
    int begun = writer.begin(field);
    for (long count : counts) {
      writer.packedVarint(count);
    }
    writer.end(begun);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param startMillis where its first bucket begins
   * @throws MalformedWireException if these are no such buckets
   */
  static Histogram read(ProtoReader reader, long startMillis, long stepMillis, long buckets) {
    int length = reader.length();
    // A count takes a byte at least, so that nothing is allocated for a number that cannot be.
    boolean sound =
        stepMillis > 0
            && startMillis % stepMillis == 0
            && buckets >= 0
            && buckets <= length / Severity.COUNT
            && stepMillis <= (Long.MAX_VALUE - Math.abs(startMillis)) / Math.max(1, buckets);
    if (!sound) {
      throw new MalformedWireException(
          "histogram: "
              + buckets
              + " buckets of "
              + stepMillis
              + " ms from "
              + startMillis
              + " (expected: as many as there are counts for, from a multiple of their width)");
    }
    int outer = reader.narrow(length);
    Histogram read = new Histogram(startMillis, startMillis + buckets * stepMillis, stepMillis);
    for (int i = 0; i < read.counts.length; i++) {
      read.counts[i] = reader.packedVarint();
    }
    reader.leave(outer);
    return read;
  }
}

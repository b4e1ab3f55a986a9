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

  /** Whether its buckets are these. */
  boolean hasBuckets(long firstStartMillis, long widthMillis, long number) {
    return firstStartMillis == startMillis && widthMillis == stepMillis && number == buckets();
  }

  /** Adds another one of the same buckets. */
  void add(Histogram other) {
    if (!other.hasBuckets(startMillis, stepMillis, buckets())) {
      throw new IllegalArgumentException("buckets: " + other + " (expected: " + this + ")");
    }
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
   * Takes over what {@link #write} wrote of one of the same buckets.
   *
   * @throws MalformedWireException if there are fewer counts, or more
   */
  void read(ProtoReader reader) {
    int length = reader.length();
    int end = reader.position() + length;
    int outer = reader.narrow(length);
    for (int i = 0; i < counts.length; i++) {
      counts[i] = reader.packedVarint();
    }
    if (reader.position() != end) {
      throw new MalformedWireException("counts: too many for " + this);
    }
    reader.leave(outer);
  }

  @Override
  public String toString() {
    return buckets() + " of " + stepMillis + " ms from " + startMillis;
  }
}

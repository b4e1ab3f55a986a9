package io.aom.ingest.remotewrite;

import io.aom.telemetry.remotewrite.RemoteWriteV2.BucketSpan;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Histogram;
import io.aom.telemetry.wire.ProtoReader;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a native histogram can be read back: every field is of its type, since who reads the
 * record from Kafka would refuse all of it, and its buckets are in order. Not thread-safe.
 */
final class HistogramCheck {

  private final Spans negative = new Spans();
  private final Spans positive = new Spans();
  private long timeMillis;
  private int bounds;
  private double lastBound;
  private boolean boundsRise;
  private double zeroThreshold;

  /** The spans of one sign. */
  private static final class Spans {
    private long buckets;
    private long counts;
    private long next;
    private boolean inOrder;
    private boolean any;

    void clear() {
      buckets = 0;
      counts = 0;
      next = 0;
      inOrder = true;
      any = false;
    }

    void add(ProtoReader reader) {
      long offset = 0;
      long length = 0;
      int outer = reader.enter();
      while (reader.next()) {
        switch (reader.field()) {
          case BucketSpan.OFFSET -> offset = reader.sint64();
          case BucketSpan.LENGTH -> length = reader.int64();
          default -> reader.skip();
        }
      }
      reader.leave(outer);
      inOrder &=
          offset == (int) offset
              && length == (length & 0xFFFFFFFFL)
              && (offset >= 0 || !any)
              && next + offset + length <= 1L + Integer.MAX_VALUE;
      any = true;
      next += offset + length;
      buckets += length;
    }
  }

  /** Time of the histogram last checked, epoch milliseconds. */
  long timeMillis() {
    return timeMillis;
  }

  /** Reads the message the reader was narrowed to; what is wrong with it, or null. */
  @Nullable String fault(ProtoReader reader) {
    timeMillis = 0;
    negative.clear();
    positive.clear();
    bounds = 0;
    lastBound = Double.NEGATIVE_INFINITY;
    boundsRise = true;
    zeroThreshold = 0;
    long schema = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Histogram.COUNT_INT,
            Histogram.ZERO_COUNT_INT,
            Histogram.RESET_HINT,
            Histogram.START_TIMESTAMP ->
            reader.int64();
        case Histogram.COUNT_FLOAT, Histogram.SUM, Histogram.ZERO_COUNT_FLOAT -> reader.fixed64();
        case Histogram.ZERO_THRESHOLD -> zeroThreshold = reader.float64();
        case Histogram.SCHEMA -> schema = reader.sint64();
        case Histogram.TIMESTAMP -> timeMillis = reader.int64();
        case Histogram.NEGATIVE_SPANS -> negative.add(reader);
        case Histogram.POSITIVE_SPANS -> positive.add(reader);
        case Histogram.NEGATIVE_DELTAS -> negative.counts += varints(reader);
        case Histogram.POSITIVE_DELTAS -> positive.counts += varints(reader);
        case Histogram.NEGATIVE_COUNTS -> negative.counts += doubles(reader);
        case Histogram.POSITIVE_COUNTS -> positive.counts += doubles(reader);
        case Histogram.CUSTOM_VALUES -> bounds(reader);
        default -> reader.skip();
      }
    }
    return fault(schema);
  }

  private @Nullable String fault(long schema) {
    if (schema != Histogram.SCHEMA_CUSTOM_BUCKETS && (schema < -4 || schema > 8)) {
      return "histogram schema: " + schema + " (expected: -4 to 8, or -53)";
    }
    if (!(zeroThreshold >= 0)) {
      return "histogram zero threshold: " + zeroThreshold + " (expected: 0 or more)";
    }
    if (negative.buckets != negative.counts || positive.buckets != positive.counts) {
      return "histogram buckets: "
          + (negative.counts + positive.counts)
          + " (expected: as many as the spans say, "
          + (negative.buckets + positive.buckets)
          + ")";
    }
    if (!negative.inOrder || !positive.inOrder) {
      return "histogram spans: not in order (expected: no offset below 0 but the first, numbers of"
          + " 32 bits)";
    }
    if (schema == Histogram.SCHEMA_CUSTOM_BUCKETS
        && (!boundsRise || negative.any || positive.next > bounds + 1L || positive.next < 0)) {
      return "histogram bounds: "
          + bounds
          + " for buckets up to "
          + positive.next
          + " (expected: rising ones, at most one bucket more)";
    }
    return null;
  }

  private void bounds(ProtoReader reader) {
    if (reader.wireType() == ProtoReader.FIXED64) {
      bound(reader.float64());
      return;
    }
    int outer = reader.enter();
    while (reader.hasRemaining()) {
      bound(Double.longBitsToDouble(reader.packedFixed64()));
    }
    reader.leave(outer);
  }

  private void bound(double bound) {
    boundsRise &= bound > lastBound;
    lastBound = bound;
    bounds++;
  }

  private static int varints(ProtoReader reader) {
    if (reader.wireType() == ProtoReader.VARINT) {
      reader.skip();
      return 1;
    }
    int count = 0;
    int outer = reader.enter();
    while (reader.hasRemaining()) {
      reader.packedVarint();
      count++;
    }
    reader.leave(outer);
    return count;
  }

  private static int doubles(ProtoReader reader) {
    if (reader.wireType() == ProtoReader.FIXED64) {
      reader.skip();
      return 1;
    }
    int count = 0;
    int outer = reader.enter();
    while (reader.hasRemaining()) {
      reader.packedFixed64();
      count++;
    }
    reader.leave(outer);
    return count;
  }
}

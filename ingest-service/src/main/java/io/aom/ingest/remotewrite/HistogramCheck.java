package io.aom.ingest.remotewrite;

import io.aom.telemetry.remotewrite.RemoteWriteV2.BucketSpan;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Histogram;
import io.aom.telemetry.wire.ProtoReader;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a native histogram can be read back: every field is of its type, since who reads the
 * record from Kafka would refuse all of it, its buckets are in order, and nothing was observed less
 * than never. Not thread-safe.
 */
final class HistogramCheck {
  private final Spans negative = new Spans();
  private final Spans positive = new Spans();
  private long timeMillis;
  private int bounds;
  private double lastBound;
  private boolean boundsRise;
  private boolean bounded;
  private double zeroThreshold;
  private boolean integers;
  private boolean floats;
  private boolean belowZero;
  private long observations;
  private long inBuckets;
  private double sum;

  /** The spans of one sign. */
  private static final class Spans {
    private long buckets;
    private long counts;
    private long first;
    private long next;
    private long running;
    private boolean inOrder;
    private boolean any;

    void clear() {
      buckets = 0;
      counts = 0;
      first = 0;
      next = 0;
      running = 0;
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
      first = any ? first : offset;
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
    bounded = false;
    zeroThreshold = 0;
    integers = false;
    floats = false;
    belowZero = false;
    observations = 0;
    inBuckets = 0;
    sum = 0;
    long schema = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Histogram.COUNT_INT -> {
          integers = true;
          observations = reader.int64();
        }
        case Histogram.COUNT_FLOAT -> count(reader.float64());
        case Histogram.SUM -> sum = reader.float64();
        case Histogram.ZERO_COUNT_INT -> inBuckets += reader.int64();
        case Histogram.ZERO_COUNT_FLOAT -> belowZero |= reader.float64() < 0;
        case Histogram.RESET_HINT, Histogram.START_TIMESTAMP -> reader.int64();
        case Histogram.ZERO_THRESHOLD -> zeroThreshold = reader.float64();
        case Histogram.SCHEMA -> schema = reader.sint64();
        case Histogram.TIMESTAMP -> timeMillis = reader.int64();
        case Histogram.NEGATIVE_SPANS -> negative.add(reader);
        case Histogram.POSITIVE_SPANS -> positive.add(reader);
        case Histogram.NEGATIVE_DELTAS -> deltas(reader, negative);
        case Histogram.POSITIVE_DELTAS -> deltas(reader, positive);
        case Histogram.NEGATIVE_COUNTS -> counts(reader, negative);
        case Histogram.POSITIVE_COUNTS -> counts(reader, positive);
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
    if (negative.buckets > Histogram.MOST_BUCKETS || positive.buckets > Histogram.MOST_BUCKETS) {
      return "histogram buckets: "
          + Math.max(negative.buckets, positive.buckets)
          + " (expected: at most "
          + Histogram.MOST_BUCKETS
          + " of one sign)";
    }
    if (!negative.inOrder || !positive.inOrder) {
      return "histogram spans: not in order (expected: no offset below 0 but the first, numbers of"
          + " 32 bits)";
    }
    if (schema == Histogram.SCHEMA_CUSTOM_BUCKETS
        && (!boundsRise
            || lastBound == Double.POSITIVE_INFINITY
            || negative.any
            || positive.first < 0
            || positive.next > bounds + 1L)) {
      return "histogram bounds: "
          + bounds
          + " for buckets up to "
          + positive.next
          + " (expected: rising ones without +Inf, at most one bucket more)";
    }
    if (schema != Histogram.SCHEMA_CUSTOM_BUCKETS && bounded) {
      return "histogram bounds: with schema " + schema + " (expected: only with -53)";
    }
    return countFault();
  }

  private @Nullable String countFault() {
    if (integers && floats) {
      return "histogram counts: integers and floats (expected: one kind)";
    }
    if (belowZero) {
      return "histogram counts: one below 0 (expected: 0 or more)";
    }
    if (floats) {
      return null; // their sums are not exact
    }
    int more = Long.compareUnsigned(inBuckets, observations);
    // An observation that is no number is in no bucket.
    if (more > 0 || (more < 0 && !Double.isNaN(sum))) {
      return "histogram count: "
          + Long.toUnsignedString(observations)
          + " (expected: that of all buckets, "
          + Long.toUnsignedString(inBuckets)
          + ")";
    }
    return null;
  }

  private void bounds(ProtoReader reader) {
    bounded = true;
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

  /** Counts of which each is said as what it is above the one before. */
  private void deltas(ProtoReader reader, Spans spans) {
    integers = true;
    if (reader.wireType() == ProtoReader.VARINT) {
      delta(reader.int64(), spans);
      return;
    }
    int outer = reader.enter();
    while (reader.hasRemaining()) {
      delta(reader.packedVarint(), spans);
    }
    reader.leave(outer);
  }

  private void delta(long zigzag, Spans spans) {
    spans.running += (zigzag >>> 1) ^ -(zigzag & 1);
    spans.counts++;
    belowZero |= spans.running < 0;
    inBuckets += spans.running;
  }

  private void counts(ProtoReader reader, Spans spans) {
    if (reader.wireType() == ProtoReader.FIXED64) {
      spans.counts++;
      count(reader.float64());
      return;
    }
    int outer = reader.enter();
    while (reader.hasRemaining()) {
      spans.counts++;
      count(Double.longBitsToDouble(reader.packedFixed64()));
    }
    reader.leave(outer);
  }

  private void count(double count) {
    floats = true;
    belowZero |= count < 0;
  }
}

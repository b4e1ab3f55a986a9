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
  private final Bounds bounds = new Bounds();
  private final Counts counts = new Counts();
  private long timeMillis;

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

  /** The bounds of custom buckets. */
  private static final class Bounds {
    private int size;
    private double last;
    private boolean rising;

    void clear() {
      size = 0;
      last = 0;
      rising = true;
    }

    void add(double bound) {
      rising &= size == 0 ? !Double.isNaN(bound) : bound > last;
      last = bound;
      size++;
    }
  }

  /** What was observed, in all and by bucket. */
  private static final class Counts {
    private boolean integers;
    private boolean floats;
    private boolean countFloat;
    private boolean belowZero;
    private long observations;
    private long inBuckets;
    private long zeros;
    private double zerosFloat;
    private double sum;

    void clear() {
      integers = false;
      floats = false;
      countFloat = false;
      belowZero = false;
      observations = 0;
      inBuckets = 0;
      zeros = 0;
      zerosFloat = 0;
      sum = 0;
    }

    void add(long count) {
      integers = true;
      belowZero |= count < 0;
      inBuckets += count;
    }

    void add(double count) {
      floats = true;
      belowZero |= count < 0;
    }

    boolean anyZeros() {
      return zeros != 0 || zerosFloat != 0;
    }

    @Nullable String fault() {
      boolean anyFloats = floats || zerosFloat != 0;
      if (anyFloats && (integers || zeros != 0)) {
        return "histogram counts: integers and floats (expected: one kind)";
      }
      if (belowZero || zerosFloat < 0) {
        return "histogram counts: one below 0 (expected: 0 or more)";
      }
      if (anyFloats) {
        // Sums of floats are not exact.
        return countFloat ? null : "histogram counts: floats (expected: count_float with them)";
      }
      long all = inBuckets + zeros;
      int more = Long.compareUnsigned(all, observations);
      // An observation that is no number is in no bucket.
      if (more > 0 || (more < 0 && !Double.isNaN(sum))) {
        return "histogram count: "
            + Long.toUnsignedString(observations)
            + " (expected: that of all buckets, "
            + Long.toUnsignedString(all)
            + ")";
      }
      return null;
    }
  }

  /** Time of the histogram last checked, epoch milliseconds. */
  long timeMillis() {
    return timeMillis;
  }

  /** Reads the message the reader was narrowed to; what is wrong with it, or null. */
  @Nullable String fault(ProtoReader reader) {
    negative.clear();
    positive.clear();
    bounds.clear();
    counts.clear();
    timeMillis = 0;
    double zeroThreshold = 0;
    long schema = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Histogram.COUNT_INT -> {
          counts.integers = true;
          counts.observations = reader.int64();
        }
        case Histogram.COUNT_FLOAT -> {
          counts.countFloat = true;
          counts.add(reader.float64());
        }
        case Histogram.SUM -> counts.sum = reader.float64();
        case Histogram.ZERO_COUNT_INT -> counts.zeros = reader.int64();
        case Histogram.ZERO_COUNT_FLOAT -> counts.zerosFloat = reader.float64();
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
    String fault = spansFault();
    if (fault == null) {
      fault =
          schema == Histogram.SCHEMA_CUSTOM_BUCKETS
              ? customFault(zeroThreshold)
              : exponentialFault(schema, zeroThreshold);
    }
    return fault == null ? counts.fault() : fault;
  }

  private @Nullable String spansFault() {
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
    return null;
  }

  private @Nullable String customFault(double zeroThreshold) {
    if (!bounds.rising
        || bounds.last == Double.POSITIVE_INFINITY
        || negative.any
        || positive.first < 0
        || positive.next > bounds.size + 1L) {
      return "histogram bounds: "
          + bounds.size
          + " for buckets up to "
          + positive.next
          + " (expected: rising ones without +Inf, at most one bucket more)";
    }
    if (zeroThreshold != 0 || counts.anyZeros()) {
      return "histogram zero bucket: with schema -53 (expected: count and threshold of 0)";
    }
    return null;
  }

  private @Nullable String exponentialFault(long schema, double zeroThreshold) {
    if (schema < Histogram.SCHEMA_COARSEST || schema > Histogram.SCHEMA_FINEST) {
      return "histogram schema: " + schema + " (expected: -4 to 52, or -53)";
    }
    if (!(zeroThreshold >= 0)) {
      return "histogram zero threshold: " + zeroThreshold + " (expected: 0 or more)";
    }
    if (bounds.size > 0) {
      return "histogram bounds: with schema " + schema + " (expected: only with -53)";
    }
    return null;
  }

  private void bounds(ProtoReader reader) {
    if (reader.wireType() == ProtoReader.FIXED64) {
      bounds.add(reader.float64());
      return;
    }
    int outer = reader.enter();
    while (reader.hasRemaining()) {
      bounds.add(Double.longBitsToDouble(reader.packedFixed64()));
    }
    reader.leave(outer);
  }

  /** Counts of which each is said as what it is above the one before. */
  private void deltas(ProtoReader reader, Spans spans) {
    if (reader.wireType() == ProtoReader.VARINT) {
      delta(reader.sint64(), spans);
      return;
    }
    int outer = reader.enter();
    while (reader.hasRemaining()) {
      delta(reader.packedSint64(), spans);
    }
    reader.leave(outer);
  }

  private void delta(long delta, Spans spans) {
    spans.running += delta;
    spans.counts++;
    counts.add(spans.running);
  }

  private void counts(ProtoReader reader, Spans spans) {
    if (reader.wireType() == ProtoReader.FIXED64) {
      spans.counts++;
      counts.add(reader.float64());
      return;
    }
    int outer = reader.enter();
    while (reader.hasRemaining()) {
      spans.counts++;
      counts.add(Double.longBitsToDouble(reader.packedFixed64()));
    }
    reader.leave(outer);
  }
}

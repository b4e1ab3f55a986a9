package io.aom.ingest.otlp;

import io.aom.telemetry.otlp.Otlp.ExponentialHistogramDataPoint;
import io.aom.telemetry.remotewrite.RemoteWriteV2.BucketSpan;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Histogram;
import io.aom.telemetry.remotewrite.StaleMarker;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A histogram of OTLP as a native one of Prometheus. OTLP's exponential bucket {@code i} ends where
 * Prometheus' bucket {@code i + 1} ends; a scale finer than Prometheus knows is made coarser by
 * adding neighbours. Explicit bounds become custom ones. Not thread-safe; reusable.
 */
final class NativeHistogram {
  static final int COARSEST = -4;
  static final int FINEST = 8;

  /** Gaps up to this long are bridged with empty buckets, which is shorter than another span. */
  private static final int BRIDGED = 2;

  /** Prometheus' own, where the sender says none. */
  private static final double ZERO_THRESHOLD = 1e-128;

  /** Buckets of one sign, ascending and without empty ones. */
  private static final class Buckets {
    private long[] index = new long[32];
    private long[] count = new long[32];
    private int size;
    private long total;
    private boolean countable;

    void clear() {
      size = 0;
      total = 0;
      countable = true;
    }

    /** How many buckets are written, with the empty ones that bridge gaps. */
    long written() {
      long written = size;
      for (int i = 1; i < size; i++) {
        long gap = index[i] - index[i - 1] - 1;
        written += gap <= BRIDGED ? gap : 0;
      }
      return written;
    }

    /** Whether Prometheus can count so far, which no double's bucket needs. */
    boolean isInRange() {
      return size == 0 || (index[0] >= Integer.MIN_VALUE && index[size - 1] <= Integer.MAX_VALUE);
    }

    void add(long bucket, long items) {
      if (items == 0) {
        return;
      }
      total += items;
      countable &= items > 0 && total > 0;
      if (size > 0 && index[size - 1] == bucket) {
        count[size - 1] += items;
        return;
      }
      if (size == index.length) {
        index = Arrays.copyOf(index, size * 2);
        count = Arrays.copyOf(count, size * 2);
      }
      index[size] = bucket;
      count[size++] = items;
    }
  }

  private final Buckets positive = new Buckets();
  private final Buckets negative = new Buckets();
  private final ProtoWriter writer = new ProtoWriter(512);

  /** The message last written. */
  ProtoWriter writer() {
    return writer;
  }

  /**
   * Writes the exponential point that the reader is narrowed to.
   *
   * @param scale of the point, at least {@link #COARSEST}
   * @param delta whether it counts since the point before, so that it is no counter
   * @return what is wrong with it, so that it is not to be taken; null if nothing is
   */
  @Nullable String write(ProtoReader reader, int scale, boolean delta, DataPoint point) {
    boolean stale = point.isStale();
    positive.clear();
    negative.clear();
    // An index has 32 bits, so that more than so many of them say nothing.
    int coarser = Math.min(Math.max(0, scale - FINEST), Integer.SIZE);
    long count = 0;
    double sum = 0;
    long zeroCount = 0;
    double threshold = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case ExponentialHistogramDataPoint.COUNT -> count = reader.fixed64();
        case ExponentialHistogramDataPoint.SUM -> sum = reader.float64();
        case ExponentialHistogramDataPoint.ZERO_COUNT -> zeroCount = reader.fixed64();
        case ExponentialHistogramDataPoint.ZERO_THRESHOLD -> threshold = reader.float64();
        case ExponentialHistogramDataPoint.POSITIVE -> read(reader, coarser, positive);
        case ExponentialHistogramDataPoint.NEGATIVE -> read(reader, coarser, negative);
        default -> reader.skip();
      }
    }
    String fault = stale ? null : fault(count, sum, zeroCount);
    if (fault != null) {
      return fault;
    }
    if (!(threshold > 0) || Double.isInfinite(threshold)) {
      threshold = ZERO_THRESHOLD;
    }
    begin(stale, count, sum, Math.min(scale, FINEST));
    writer.float64(Histogram.ZERO_THRESHOLD, threshold);
    if (!stale) {
      writer.varint(Histogram.ZERO_COUNT_INT, zeroCount);
      write(negative, Histogram.NEGATIVE_SPANS, Histogram.NEGATIVE_DELTAS);
      write(positive, Histogram.POSITIVE_SPANS, Histogram.POSITIVE_DELTAS);
    }
    end(delta, point);
    return null;
  }

  /**
   * Writes a point with bounds of its own.
   *
   * @param bounds raw bits of doubles, the first {@code size} of them rising and below +Inf
   * @param counts of the buckets up to each bound, and of the one above all of them
   * @param delta whether it counts since the point before, so that it is no counter
   * @return what is wrong with it, so that it is not to be taken; null if nothing is
   */
  @Nullable String write(
      long[] bounds,
      int size,
      long[] counts,
      long count,
      double sum,
      boolean delta,
      DataPoint point) {
    boolean stale = point.isStale();
    positive.clear();
    negative.clear();
    for (int i = 0; i <= size; i++) {
      positive.add(i, counts[i]);
    }
    String fault = stale ? null : fault(count, sum, 0);
    if (fault != null) {
      return fault;
    }
    begin(stale, count, sum, Histogram.SCHEMA_CUSTOM_BUCKETS);
    if (!stale) {
      write(positive, Histogram.POSITIVE_SPANS, Histogram.POSITIVE_DELTAS);
    }
    end(delta, point);
    int begun = writer.begin(Histogram.CUSTOM_VALUES);
    for (int i = 0; i < size; i++) {
      writer.packedFixed64(bounds[i]);
    }
    writer.end(begun);
    return null;
  }

  private void begin(boolean stale, long count, double sum, int schema) {
    writer.clear();
    writer.varint(Histogram.COUNT_INT, stale ? StaleMarker.BITS : count);
    writer.fixed64(Histogram.SUM, stale ? StaleMarker.BITS : Double.doubleToRawLongBits(sum));
    writer.sint(Histogram.SCHEMA, schema);
  }

  private void end(boolean delta, DataPoint point) {
    if (delta) {
      writer.varint(Histogram.RESET_HINT, Histogram.RESET_HINT_GAUGE);
    }
    writer.varint(Histogram.TIMESTAMP, point.timeMillis());
    if (point.startMillis() != 0) {
      writer.varint(Histogram.START_TIMESTAMP, point.startMillis());
    }
  }

  /** NaN is observed, but falls into no bucket; it makes a NaN of the sum. */
  private @Nullable String fault(long count, double sum, long zeroCount) {
    if (!positive.isInRange() || !negative.isInRange()) {
      return " with a bucket whose index does not fit into 32 bits";
    }
    if (Math.max(positive.written(), negative.written()) > Histogram.MOST_BUCKETS) {
      return " with more than " + Histogram.MOST_BUCKETS + " buckets of one sign";
    }
    if (!positive.countable || !negative.countable) {
      return " with counts that do not fit into 63 bits";
    }
    long beyondZero = positive.total + negative.total;
    long inBuckets = zeroCount + beyondZero;
    if (Long.compareUnsigned(inBuckets, beyondZero) < 0) {
      return " with counts that do not fit into 64 bits together";
    }
    int more = Long.compareUnsigned(inBuckets, count);
    return more == 0 || (more < 0 && Double.isNaN(sum))
        ? null
        : " with count "
            + Long.toUnsignedString(count)
            + " (expected: "
            + Long.toUnsignedString(inBuckets)
            + ", as its buckets)";
  }

  private static void read(ProtoReader reader, int coarser, Buckets buckets) {
    buckets.clear(); // of several the last one counts
    int outer = reader.enter();
    int start = reader.position();
    int offset = 0;
    while (reader.next()) {
      if (reader.field() == ExponentialHistogramDataPoint.BUCKETS_OFFSET) {
        offset = (int) reader.sint64();
      } else {
        reader.skip();
      }
    }
    ProtoReader counts = new ProtoReader(reader.bytes(), start, reader.position());
    long bucket = offset;
    while (counts.next()) {
      if (counts.field() != ExponentialHistogramDataPoint.BUCKETS_COUNTS) {
        counts.skip();
      } else if (counts.wireType() == ProtoReader.VARINT) {
        buckets.add((bucket++ >> coarser) + 1, counts.int64());
      } else {
        int packed = counts.enter();
        while (counts.hasRemaining()) {
          buckets.add((bucket++ >> coarser) + 1, counts.packedVarint());
        }
        counts.leave(packed);
      }
    }
    reader.leave(outer);
  }

  private void write(Buckets buckets, int spansField, int deltasField) {
    if (buckets.size == 0) {
      return;
    }
    long next = 0;
    int at = 0;
    while (at < buckets.size) {
      long first = buckets.index[at];
      long end = first + 1;
      at++;
      while (at < buckets.size && buckets.index[at] - end <= BRIDGED) {
        end = buckets.index[at] + 1;
        at++;
      }
      int span = writer.begin(spansField);
      writer.sint(BucketSpan.OFFSET, first - next);
      writer.varint(BucketSpan.LENGTH, end - first);
      writer.end(span);
      next = end;
    }
    int deltas = writer.begin(deltasField);
    long before = 0;
    for (int i = 0; i < buckets.size; i++) {
      long gap = i == 0 ? 0 : buckets.index[i] - buckets.index[i - 1] - 1;
      for (long empty = gap <= BRIDGED ? gap : 0; empty > 0; empty--) {
        delta(-before);
        before = 0;
      }
      delta(buckets.count[i] - before);
      before = buckets.count[i];
    }
    writer.end(deltas);
  }

  private void delta(long value) {
    writer.packedVarint((value << 1) ^ (value >> 63));
  }
}

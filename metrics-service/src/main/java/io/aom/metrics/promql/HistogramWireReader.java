package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Histogram;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.util.Arrays;

/** Reads {@code io.prometheus.write.v2.Histogram}, with counts as integers or floats. */
final class HistogramWireReader {
  private final ProtoReader in;
  private double count;
  private double sum;
  private double zeroThreshold;
  private double zeroCount;
  private int schema;
  private int hint;
  private long start;
  private long[] negativeSpans = new long[8];
  private int negativeSpanCount;
  private long[] positiveSpans = new long[8];
  private int positiveSpanCount;
  private double[] negativeCounts = new double[16];
  private int negativeCountSize;
  private double negativeRunning;
  private double positiveRunning;
  private double[] positiveCounts = new double[16];
  private int positiveCountSize;
  private double[] bounds = new double[0];
  private int boundCount;

  HistogramWireReader(byte[] bytes) {
    in = new ProtoReader(bytes);
  }

  /**
   * The histogram that the message holds.
   *
   * @throws PromqlException if it holds none
   */
  FloatHistogram histogram() {
    try {
      return read();
    } catch (MalformedWireException e) {
      throw PromqlException.execution("stored histogram cannot be read: " + e.getMessage());
    }
  }

  /** When the counter behind the histogram just read started; 0 if the message does not say. */
  long startMillis() {
    return start;
  }

  private FloatHistogram read() {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> count = unsigned(in.int64());
        case 2 -> count = in.float64();
        case 3 -> sum = in.float64();
        case 4 -> schema = (int) in.sint64();
        case 5 -> zeroThreshold = in.float64();
        case 6 -> zeroCount = unsigned(in.int64());
        case 7 -> zeroCount = in.float64();
        case 8 -> {
          negativeSpans = span(negativeSpans, negativeSpanCount);
          negativeSpanCount += 2;
        }
        case 9, 10 -> readNegative(in.field() == 9);
        case 11 -> {
          positiveSpans = span(positiveSpans, positiveSpanCount);
          positiveSpanCount += 2;
        }
        case 12, 13 -> readPositive(in.field() == 12);
        case 14 -> hint = in.int32();
        case 16 -> readBounds();
        case 17 -> start = in.int64();
        default -> in.skip();
      }
    }
    if (schema != FloatHistogram.CUSTOM_SCHEMA
        && (schema < Histogram.SCHEMA_COARSEST || schema > Histogram.SCHEMA_FINEST)) {
      throw new MalformedWireException("schema " + schema + " (expected: -4 to 52, or -53)");
    }
    if (!(zeroThreshold >= 0)) { // what is no number could never be made that of another
      throw new MalformedWireException(
          "zero threshold " + zeroThreshold + " (expected: 0 or more)");
    }
    FloatHistogram read =
        new FloatHistogram(
            schema,
            Hint.ofWire(hint),
            zeroThreshold,
            zeroCount,
            count,
            sum,
            inBounds(buckets(positiveSpans, positiveSpanCount, positiveCounts, positiveCountSize)),
            inBounds(buckets(negativeSpans, negativeSpanCount, negativeCounts, negativeCountSize)),
            Arrays.copyOf(bounds, boundCount));
    return read.withSchema(Math.min(schema, ExponentialBounds.FINEST));
  }

  /**
   * Custom buckets are numbered from 0, and one more than there are bounds. Those without
   * observations say nothing, wherever they are.
   */
  private Buckets inBounds(Buckets buckets) {
    if (schema != FloatHistogram.CUSTOM_SCHEMA) {
      return buckets;
    }
    Buckets populated = buckets.populated();
    int last = populated.size() - 1;
    if (last >= 0 && (populated.index(0) < 0 || populated.index(last) > boundCount)) {
      throw new MalformedWireException(
          "bucket "
              + populated.index(last)
              + " of "
              + boundCount
              + " bounds (expected: 0 to as many)");
    }
    return populated;
  }

  private static double unsigned(long value) {
    return value >= 0 ? value : (value >>> 1) * 2.0;
  }

  private long[] span(long[] spans, int size) {
    long[] to = size + 2 > spans.length ? Arrays.copyOf(spans, size * 2) : spans;
    long offset = 0;
    long length = 0;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> offset = in.sint64();
        case 2 -> length = in.int64();
        default -> in.skip();
      }
    }
    in.leave(outer);
    to[size] = offset;
    to[size + 1] = length;
    return to;
  }

  private void readNegative(boolean deltas) {
    if (in.wireType() != ProtoReader.BYTES) {
      addNegative(deltas, false);
      return;
    }
    int outer = in.enter();
    while (in.hasRemaining()) {
      addNegative(deltas, true);
    }
    in.leave(outer);
  }

  private void addNegative(boolean delta, boolean packed) {
    if (negativeCountSize == negativeCounts.length) {
      negativeCounts = Arrays.copyOf(negativeCounts, negativeCountSize * 2);
    }
    negativeRunning = element(delta, packed, negativeRunning);
    negativeCounts[negativeCountSize++] = negativeRunning;
  }

  private void readPositive(boolean deltas) {
    if (in.wireType() != ProtoReader.BYTES) {
      addPositive(deltas, false);
      return;
    }
    int outer = in.enter();
    while (in.hasRemaining()) {
      addPositive(deltas, true);
    }
    in.leave(outer);
  }

  private void addPositive(boolean delta, boolean packed) {
    if (positiveCountSize == positiveCounts.length) {
      positiveCounts = Arrays.copyOf(positiveCounts, positiveCountSize * 2);
    }
    positiveRunning = element(delta, packed, positiveRunning);
    positiveCounts[positiveCountSize++] = positiveRunning;
  }

  /**
   * A count, which may be said as what it is above the one before; packed or a field of its own.
   */
  private double element(boolean delta, boolean packed, double running) {
    if (!delta) {
      return packed ? Double.longBitsToDouble(in.packedFixed64()) : in.float64();
    }
    return running + (packed ? in.packedSint64() : in.sint64());
  }

  private void readBounds() {
    if (in.wireType() != ProtoReader.BYTES) {
      addBound(in.float64());
      return;
    }
    int outer = in.enter();
    while (in.hasRemaining()) {
      addBound(Double.longBitsToDouble(in.packedFixed64()));
    }
    in.leave(outer);
  }

  private void addBound(double bound) {
    if (boundCount == 0 ? Double.isNaN(bound) : !(bound > bounds[boundCount - 1])) {
      throw new MalformedWireException("bound " + bound + " (expected: bounds that rise)");
    }
    if (boundCount == bounds.length) {
      bounds = Arrays.copyOf(bounds, Math.max(16, boundCount * 2));
    }
    bounds[boundCount++] = bound;
  }

  private static Buckets buckets(long[] spans, int spanCount, double[] counts, int size) {
    int[] indexes = new int[Math.min(size, Histogram.MOST_BUCKETS)];
    long index = 0;
    int place = 0;
    for (int i = 0; i < spanCount; i += 2) {
      index += spans[i];
      long length = spans[i + 1];
      if (i > 0 && spans[i] < 0) {
        throw new MalformedWireException(
            "span offset " + spans[i] + " (expected: 0 or more but for the first)");
      }
      if (length < 0 || length > Histogram.MOST_BUCKETS || place + length > size) {
        throw new MalformedWireException(
            "span length " + length + " (expected: at most " + (size - place) + ")");
      }
      for (int b = 0; b < length; b++) {
        if (index < Integer.MIN_VALUE || index > Integer.MAX_VALUE) {
          throw new MalformedWireException("bucket index " + index + " (expected: 32 bits)");
        }
        indexes = place == indexes.length ? Arrays.copyOf(indexes, place * 2) : indexes;
        indexes[place++] = (int) index++;
      }
    }
    return Buckets.written(indexes, counts, place);
  }
}

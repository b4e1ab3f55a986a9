package io.aom.ingest.remotewrite;

import io.aom.telemetry.remotewrite.RemoteWriteV2.BucketSpan;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Histogram;
import io.aom.telemetry.wire.ProtoReader;
import org.jspecify.annotations.Nullable;

/** Checks that a native histogram's buckets can be read back. Not thread-safe. */
final class HistogramCheck {
  private static final int CUSTOM_BUCKETS = -53;

  private long timeMillis;

  /** Time of the histogram last checked, epoch milliseconds. */
  long timeMillis() {
    return timeMillis;
  }

  /** Reads the message the reader was narrowed to; what is wrong with it, or null. */
  @Nullable String fault(ProtoReader reader) {
    timeMillis = 0;
    long schema = 0;
    long negativeSpan = 0;
    long positiveSpan = 0;
    long negativeBuckets = 0;
    long positiveBuckets = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Histogram.SCHEMA -> schema = reader.sint64();
        case Histogram.TIMESTAMP -> timeMillis = reader.int64();
        case Histogram.NEGATIVE_SPANS -> negativeSpan += span(reader);
        case Histogram.POSITIVE_SPANS -> positiveSpan += span(reader);
        case Histogram.NEGATIVE_DELTAS -> negativeBuckets += varints(reader);
        case Histogram.POSITIVE_DELTAS -> positiveBuckets += varints(reader);
        case Histogram.NEGATIVE_COUNTS -> negativeBuckets += doubles(reader);
        case Histogram.POSITIVE_COUNTS -> positiveBuckets += doubles(reader);
        default -> reader.skip();
      }
    }
    if (schema != CUSTOM_BUCKETS && (schema < -4 || schema > 8)) {
      return "histogram schema: " + schema + " (expected: -4 to 8, or -53)";
    }
    if (negativeSpan != negativeBuckets || positiveSpan != positiveBuckets) {
      return "histogram buckets: "
          + (negativeBuckets + positiveBuckets)
          + " (expected: as many as the spans say, "
          + (negativeSpan + positiveSpan)
          + ")";
    }
    return null;
  }

  private static long span(ProtoReader reader) {
    long length = 0;
    int outer = reader.enter();
    while (reader.next()) {
      if (reader.field() == BucketSpan.LENGTH) {
        length = reader.int64() & 0xFFFFFFFFL;
      } else {
        reader.skip();
      }
    }
    reader.leave(outer);
    return length;
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

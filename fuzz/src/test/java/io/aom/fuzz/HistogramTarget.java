package io.aom.fuzz;

import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.promql.PromqlException;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.List;

/** A stored native histogram is one that reads the same once it is written again, or is refused. */
final class HistogramTarget implements Target {
  @Override
  public List<byte[]> seeds() {
    ProtoWriter integers = new ProtoWriter(128);
    integers.varint(1, 9).float64(3, 12.5).sint(4, 3).float64(5, 0.001).varint(6, 1);
    span(integers, 11, -4, 2);
    span(integers, 11, 3, 1);
    deltas(integers, 12, 3, -1, 1);
    span(integers, 8, 0, 1);
    deltas(integers, 9, 1);
    integers.varint(14, 1).varint(15, SplitTarget.NOW).varint(17, SplitTarget.NOW - 1000);
    ProtoWriter custom = new ProtoWriter(128);
    custom.float64(2, 5.5).float64(3, 7).sint(4, -53).float64(7, 0);
    span(custom, 11, 0, 3);
    int counts = custom.begin(13);
    for (double count : new double[] {1, 2, 2.5}) {
      custom.packedFixed64(Double.doubleToRawLongBits(count));
    }
    custom.end(counts);
    int bounds = custom.begin(16);
    for (double bound : new double[] {0.5, 1}) {
      custom.packedFixed64(Double.doubleToRawLongBits(bound));
    }
    custom.end(bounds);
    return List.of(integers.toByteArray(), custom.toByteArray());
  }

  private static void span(ProtoWriter out, int field, int offset, int length) {
    int span = out.begin(field);
    out.sint(1, offset).varint(2, length);
    out.end(span);
  }

  private static void deltas(ProtoWriter out, int field, int... deltas) {
    int begun = out.begin(field);
    for (int delta : deltas) {
      out.packedVarint((long) delta << 1 ^ delta >> 31);
    }
    out.end(begun);
  }

  @Override
  public void check(byte[] input) {
    Checks.taken(
        PromqlException.class,
        () -> {
          FloatHistogram read = FloatHistogram.ofWire(input);
          FloatHistogram again = FloatHistogram.ofWire(read.toWire(SplitTarget.NOW));
          Checks.same(read.toString(), again.toString());
          read.buckets();
          read.plus(again).toString();
          read.minus(again).toString();
          read.isResetAfter(again);
        });
  }
}

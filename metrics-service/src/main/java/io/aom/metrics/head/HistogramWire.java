package io.aom.metrics.head;

import io.aom.telemetry.wire.ProtoReader;

/** The two fields of a remote write {@code Histogram} that the head looks at. */
final class HistogramWire {
  private HistogramWire() {}

  static long timeMillis(byte[] bytes, int from, int to) {
    ProtoReader in = new ProtoReader(bytes, from, to);
    long time = 0;
    while (in.next()) {
      if (in.field() == 15) {
        time = in.int64();
      } else {
        in.skip();
      }
    }
    return time;
  }

  static double sum(byte[] bytes, int from, int to) {
    ProtoReader in = new ProtoReader(bytes, from, to);
    double sum = 0;
    while (in.next()) {
      if (in.field() == 3) {
        sum = in.float64();
      } else {
        in.skip();
      }
    }
    return sum;
  }
}

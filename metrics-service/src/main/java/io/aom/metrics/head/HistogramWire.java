package io.aom.metrics.head;

import io.aom.telemetry.remotewrite.RemoteWriteV2;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.Arrays;

/** What the head looks at in a remote write {@code Histogram}. */
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

  /**
   * The message in an array of its own, with the start of its series where it has none itself.
   *
   * @param created epoch milliseconds; 0 if the series has no start
   */
  static byte[] copy(byte[] bytes, int from, int to, long created) {
    if (created == 0 || saysStart(bytes, from, to)) {
      return Arrays.copyOfRange(bytes, from, to);
    }
    ProtoWriter out = new ProtoWriter(to - from + 16);
    out.copy(bytes, from, to - from);
    return out.varint(RemoteWriteV2.Histogram.START_TIMESTAMP, created).toByteArray();
  }

  private static boolean saysStart(byte[] bytes, int from, int to) {
    ProtoReader in = new ProtoReader(bytes, from, to);
    while (in.next()) {
      if (in.field() == RemoteWriteV2.Histogram.START_TIMESTAMP && in.int64() != 0) {
        return true;
      } else if (in.field() != RemoteWriteV2.Histogram.START_TIMESTAMP) {
        in.skip();
      }
    }
    return false;
  }
}

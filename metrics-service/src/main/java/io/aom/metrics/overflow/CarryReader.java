package io.aom.metrics.overflow;

import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link CarryWriter} wrote; throws {@link MalformedWireException} if it is not that.
 */
final class CarryReader {
  private final ProtoReader in;
  private final int size;

  CarryReader(byte[] bytes) {
    in = new ProtoReader(bytes);
    size = bytes.length;
  }

  long number() {
    return in.packedVarint();
  }

  long bits() {
    return in.packedFixed64();
  }

  /** A count of things that take a byte each at least. */
  int count(long most) {
    long count = number();
    if (count < 0 || count > most || count > size - in.position()) {
      throw new MalformedWireException("carry: count " + count + " (expected: 0 to " + most + ")");
    }
    return (int) count;
  }

  String text() {
    int length = count(Integer.MAX_VALUE);
    String text = new String(in.bytes(), in.position(), length, StandardCharsets.UTF_8);
    in.advance(length);
    return text;
  }
}

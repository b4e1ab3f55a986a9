package io.aom.metrics.overflow;

import io.aom.telemetry.wire.ProtoWriter;
import java.nio.charset.StandardCharsets;

/** Writes numbers and texts one behind the other. */
final class CarryWriter {
  private final ProtoWriter out = new ProtoWriter(1024);

  /** A number from 0 on takes as many bytes as it needs. */
  CarryWriter number(long number) {
    out.packedVarint(number);
    return this;
  }

  /** Eight bytes. */
  CarryWriter bits(long bits) {
    out.packedFixed64(bits);
    return this;
  }

  CarryWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.packedVarint(utf8.length);
    out.copy(utf8, 0, utf8.length);
    return this;
  }

  /** Bytes as they are. */
  CarryWriter bytes(byte[] bytes) {
    out.copy(bytes, 0, bytes.length);
    return this;
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }
}

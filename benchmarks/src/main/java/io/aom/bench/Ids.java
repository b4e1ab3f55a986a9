package io.aom.bench;

import io.aom.telemetry.wire.ProtoWriter;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Trace and span ids: bytes in OTLP, hexadecimal elsewhere. */
final class Ids {
  private Ids() {}

  static String hex(long id) {
    return HexFormat.of().toHexDigits(id);
  }

  static void bytes(ProtoWriter writer, int field, long... parts) {
    ByteBuffer id = ByteBuffer.allocate(parts.length * Long.BYTES);
    for (long part : parts) {
      id.putLong(part);
    }
    writer.bytes(field, id.array(), 0, id.capacity());
  }
}

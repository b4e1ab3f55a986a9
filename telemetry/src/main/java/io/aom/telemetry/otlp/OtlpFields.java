package io.aom.telemetry.otlp;

import io.aom.telemetry.otlp.Otlp.AnyValue;
import io.aom.telemetry.otlp.Otlp.KeyValue;
import io.aom.telemetry.wire.ProtoWriter;
import java.nio.ByteBuffer;

/** Fields of OTLP, written into the message at hand. */
public final class OtlpFields {
  private OtlpFields() {}

  /** An attribute of OTLP with a text as value. */
  public static void attribute(ProtoWriter writer, int field, String key, String text) {
    int attribute = writer.begin(field);
    writer.string(KeyValue.KEY, key);
    int value = writer.begin(KeyValue.VALUE);
    writer.string(AnyValue.STRING, text);
    writer.end(value);
    writer.end(attribute);
  }

  /** An attribute of OTLP with a whole number as value. */
  public static void attribute(ProtoWriter writer, int field, String key, long number) {
    int attribute = writer.begin(field);
    writer.string(KeyValue.KEY, key);
    int value = writer.begin(KeyValue.VALUE);
    writer.varint(AnyValue.INT, number);
    writer.end(value);
    writer.end(attribute);
  }

  /** An id of OTLP, eight bytes from each part. */
  public static void id(ProtoWriter writer, int field, long... parts) {
    ByteBuffer id = ByteBuffer.allocate(parts.length * Long.BYTES);
    for (long part : parts) {
      id.putLong(part);
    }
    writer.bytes(field, id.array(), 0, id.capacity());
  }
}

package io.aom.bench.loss;

import io.aom.telemetry.otlp.Otlp;
import io.aom.telemetry.wire.ProtoWriter;

/** Writes attributes with a text as value. */
final class OtlpAttributes {
  private OtlpAttributes() {}

  /**
   * @param field number of the attributes in the message that is being written
   */
  static void add(ProtoWriter writer, int field, String key, String value) {
    int attribute = writer.begin(field);
    writer.string(Otlp.KeyValue.KEY, key);
    int any = writer.begin(Otlp.KeyValue.VALUE);
    writer.string(Otlp.AnyValue.STRING, value);
    writer.end(any);
    writer.end(attribute);
  }
}

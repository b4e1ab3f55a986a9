package io.aom.bench.payload;

import io.aom.telemetry.wire.ProtoWriter;

/** Fields of remote write 1.0, written into the message at hand. */
public final class Fields {
  private Fields() {}

  /** A label of remote write 1.0. */
  public static void label(ProtoWriter writer, String name, String value) {
    int begun = writer.begin(1);
    writer.string(1, name).string(2, value);
    writer.end(begun);
  }
}

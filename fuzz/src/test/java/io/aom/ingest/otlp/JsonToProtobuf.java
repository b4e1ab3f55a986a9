package io.aom.ingest.otlp;

import io.aom.ingest.intake.Signal;
import io.aom.ingest.intake.SliceMemory;

/** Lets fuzzing reach the reader of OTLP/JSON. */
public final class JsonToProtobuf {
  private JsonToProtobuf() {}

  /**
   * A request in JSON as protobuf.
   *
   * @throws io.aom.telemetry.wire.MalformedWireException if it is none
   */
  public static byte[] of(Signal signal, byte[] json) {
    return OtlpJson.toProtobuf(signal, json, json.length, SliceMemory.UNBOUNDED).toByteArray();
  }
}

package io.aom.telemetry.wire;

/** Bytes that are not the protobuf they should be. The message says where and what was expected. */
public final class MalformedWireException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public MalformedWireException(String message) {
    super(message);
  }
}

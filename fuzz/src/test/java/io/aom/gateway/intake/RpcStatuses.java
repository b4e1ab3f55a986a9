package io.aom.gateway.intake;

import org.jspecify.annotations.Nullable;

/** Lets fuzzing reach what the gateway makes of answers of ingest. */
public final class RpcStatuses {
  private RpcStatuses() {}

  /** The reason in an error body. */
  public static String messageIn(byte[] body, @Nullable String contentType) {
    return RpcStatus.messageIn(body, contentType);
  }

  /** A status in protobuf. */
  public static byte[] protobuf(String message) {
    return RpcStatus.protobuf(RpcStatus.UNAVAILABLE, message, 3L);
  }

  /** A status in JSON. */
  public static byte[] json(String message) {
    return RpcStatus.json(RpcStatus.UNAVAILABLE, message);
  }
}

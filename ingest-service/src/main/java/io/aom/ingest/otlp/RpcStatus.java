package io.aom.ingest.otlp;

import io.aom.telemetry.RejectedException;
import io.aom.telemetry.wire.ProtoWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An error as OTLP/HTTP wants it: a {@code google.rpc.Status}
 * (https://opentelemetry.io/docs/specs/otlp/#failures-1), with a {@code google.rpc.RetryInfo} where
 * the client is to wait.
 *
 * @param code of {@code google.rpc.Code}
 * @param retrySeconds 0 if sending again is no use
 */
record RpcStatus(int code, String message, int retrySeconds) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

  static RpcStatus of(RejectedException e) {
    Object retry = e.details().get("retryAfterSeconds");
    return new RpcStatus(
        code(e.problem().status()),
        String.valueOf(e.getMessage()),
        retry instanceof Number seconds ? seconds.intValue() : 0);
  }

  private static int code(int httpStatus) {
    return switch (httpStatus) {
      case 400, 415 -> 3; // INVALID_ARGUMENT
      case 401 -> 16; // UNAUTHENTICATED
      case 403 -> 7; // PERMISSION_DENIED
      case 404 -> 5; // NOT_FOUND
      case 413, 429 -> 8; // RESOURCE_EXHAUSTED
      case 502, 503, 504 -> 14; // UNAVAILABLE
      default -> 13; // INTERNAL
    };
  }

  byte[] protobuf() {
    ProtoWriter writer = new ProtoWriter(128);
    writer.varint(1, code).string(2, message);
    if (retrySeconds > 0) {
      int any = writer.begin(3);
      writer.string(1, RETRY_INFO);
      int info = writer.begin(2);
      int delay = writer.begin(1);
      writer.varint(1, retrySeconds);
      writer.end(delay);
      writer.end(info);
      writer.end(any);
    }
    return writer.toByteArray();
  }

  byte[] json() {
    ObjectNode status = JSON.createObjectNode().put("code", code).put("message", message);
    if (retrySeconds > 0) {
      status
          .putArray("details")
          .addObject()
          .put("@type", RETRY_INFO)
          .put("retryDelay", retrySeconds + "s");
    }
    return JSON.writeValueAsBytes(status);
  }

  /** The answer to a request of which something was refused or changed, as protobuf. */
  static byte[] partialProtobuf(long rejected, @Nullable String message) {
    if (rejected == 0 && message == null) {
      return new byte[0];
    }
    ProtoWriter writer = new ProtoWriter(128);
    int partial = writer.begin(1);
    if (rejected != 0) {
      writer.varint(1, rejected);
    }
    if (message != null) {
      writer.string(2, message);
    }
    writer.end(partial);
    return writer.toByteArray();
  }

  /** The same as JSON; 64-bit integers are strings there. */
  static byte[] partialJson(String rejectedName, long rejected, @Nullable String message) {
    ObjectNode response = JSON.createObjectNode();
    if (rejected != 0 || message != null) {
      ObjectNode partial = response.putObject("partialSuccess");
      if (rejected != 0) {
        partial.put(rejectedName, Long.toString(rejected));
      }
      if (message != null) {
        partial.put("errorMessage", message);
      }
    }
    return JSON.writeValueAsBytes(response);
  }
}

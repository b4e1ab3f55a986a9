package io.aom.gateway.intake;

import io.aom.telemetry.ShortText;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code google.rpc.Status}, the form of errors in OTLP.
 *
 * <p>Wire form: {@code code = 1, message = 2, details = 3 (Any {type_url = 1, value = 2})}; {@code
 * RetryInfo {retry_delay = 1 (Duration {seconds = 1})}}.
 */
final class RpcStatus {
  static final int INVALID_ARGUMENT = 3;
  static final int PERMISSION_DENIED = 7;
  static final int RESOURCE_EXHAUSTED = 8;
  static final int UNIMPLEMENTED = 12;
  static final int INTERNAL = 13;
  static final int UNAVAILABLE = 14;
  static final int UNAUTHENTICATED = 16;

  private static final String RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";
  private static final int MAX_MESSAGE_CHARS = 1_000;
  private static final JsonMapper JSON = JsonMapper.shared();

  private RpcStatus() {}

  /** The gRPC code that an HTTP status of ingest or of the gateway stands for. */
  static int code(int httpStatus) {
    return switch (httpStatus) {
      case 400, 415, 422 -> INVALID_ARGUMENT;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404, 405 -> UNIMPLEMENTED;
      case 413, 429 -> RESOURCE_EXHAUSTED;
      case 408, 502, 503, 504 -> UNAVAILABLE;
      default -> INTERNAL;
    };
  }

  /**
   * @param retryAfterSeconds delay that a client should wait before it sends the same again; null
   *     if it should not
   */
  static byte[] protobuf(int code, String message, @Nullable Long retryAfterSeconds) {
    ProtoWriter out = new ProtoWriter(128);
    out.varint(1, code);
    out.string(2, message);
    if (retryAfterSeconds != null) {
      int any = out.begin(3);
      out.string(1, RETRY_INFO);
      int info = out.begin(2);
      int delay = out.begin(1);
      out.varint(1, retryAfterSeconds);
      out.end(delay);
      out.end(info);
      out.end(any);
    }
    return out.toByteArray();
  }

  static byte[] json(int code, String message) {
    return JSON.writeValueAsBytes(
        JSON.createObjectNode().put("code", code).put("message", message));
  }

  /** The reason in an error body of ingest, be it protobuf, JSON, a problem or text. */
  static String messageIn(byte[] body, @Nullable String contentType) {
    String type = contentType == null ? "" : contentType;
    String message = null;
    if (type.startsWith("application/x-protobuf")) {
      message = protobufMessage(body);
    } else if (type.contains("json")) {
      message = jsonMessage(body);
    } else if (type.startsWith("text/")) {
      message = new String(body, StandardCharsets.UTF_8);
    }
    String known = message == null ? "" : cut(message.strip());
    return known.isBlank() ? "refused by ingest" : known;
  }

  /** As UTF-8 can have it: no half of a character, where it is cut or as it came. */
  private static String cut(String message) {
    String begin = ShortText.of(message, MAX_MESSAGE_CHARS).stripTrailing();
    byte[] bytes = begin.getBytes(StandardCharsets.UTF_8);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static @Nullable String protobufMessage(byte[] body) {
    try {
      ProtoReader in = new ProtoReader(body);
      while (in.next()) {
        if (in.field() == 2 && in.wireType() == ProtoReader.BYTES) {
          return in.string();
        }
        in.skip();
      }
      return null;
    } catch (MalformedWireException e) {
      return null; // then the HTTP status has to do
    }
  }

  private static @Nullable String jsonMessage(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      JsonNode message = json.has("message") ? json.path("message") : json.path("detail");
      return message.isString() ? message.stringValue() : null;
    } catch (JacksonException e) {
      return null; // then the HTTP status has to do
    }
  }
}

package io.aom.topology.span;

import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;

/**
 * Field numbers of OTLP's trace messages (https://github.com/open-telemetry/opentelemetry-proto,
 * {@code trace/v1/trace.proto}), and the checks that make what passed them safe to read later
 * without failing.
 */
public final class Otlp {
  public static final int REQUEST_RESOURCE_SPANS = 1;

  public static final int RESOURCE_SPANS_RESOURCE = 1;
  public static final int RESOURCE_SPANS_SCOPE_SPANS = 2;

  public static final int SCOPE_SPANS_SCOPE = 1;
  public static final int SCOPE_SPANS_SPANS = 2;

  public static final int RESOURCE_ATTRIBUTES = 1;
  public static final int SCOPE_ATTRIBUTES = 3;

  public static final int SPAN_TRACE_ID = 1;
  public static final int SPAN_SPAN_ID = 2;
  public static final int SPAN_PARENT_ID = 4;
  public static final int SPAN_NAME = 5;
  public static final int SPAN_KIND = 6;
  public static final int SPAN_START = 7;
  public static final int SPAN_END = 8;
  public static final int SPAN_ATTRIBUTES = 9;
  public static final int SPAN_EVENTS = 11;
  public static final int SPAN_LINKS = 13;
  public static final int SPAN_STATUS = 15;

  public static final int EVENT_TIME = 1;
  public static final int EVENT_NAME = 2;
  public static final int EVENT_ATTRIBUTES = 3;

  public static final int LINK_TRACE_ID = 1;
  public static final int LINK_SPAN_ID = 2;
  public static final int LINK_ATTRIBUTES = 4;

  public static final int STATUS_MESSAGE = 2;
  public static final int STATUS_CODE = 3;

  public static final int KEY = 1;
  public static final int VALUE = 2;

  public static final int ANY_STRING = 1;
  public static final int ANY_BOOL = 2;
  public static final int ANY_INT = 3;
  public static final int ANY_DOUBLE = 4;
  public static final int ANY_ARRAY = 5;
  public static final int ANY_KEY_VALUES = 6;
  public static final int ANY_BYTES = 7;

  /** Values nested deeper than this are malformed; a reader recurses this far. */
  static final int MAX_DEPTH = 32;

  private Otlp() {}

  /** Reads the current field, of 8 bytes as an id's length; big-endian. */
  static long id8(ProtoReader reader, String name) {
    int length = reader.length();
    if (length != 8) {
      throw new MalformedWireException(name + ": " + length + " bytes (expected: 8)");
    }
    long id = bigEndian(reader.bytes(), reader.position());
    reader.advance(length);
    return id;
  }

  /** Numbers as eight big-endian bytes each. */
  public static byte[] bytes(long... numbers) {
    byte[] bytes = new byte[8 * numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (numbers[i / 8] >>> (56 - 8 * (i & 7)));
    }
    return bytes;
  }

  /** Eight bytes as a number. */
  public static long bigEndian(byte[] bytes, int at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = (value << 8) | (bytes[at + i] & 0xFF);
    }
    return value;
  }

  /** Reads to its end a message whose attributes are field {@code attributes}. */
  static void checkAttributed(ProtoReader reader, int attributes) {
    while (reader.next()) {
      if (reader.field() == attributes) {
        checkKeyValue(reader, 0);
      } else {
        reader.skip();
      }
    }
  }

  /** Walks a {@code KeyValue} that the reader stands at; throws if it is malformed. */
  static void checkKeyValue(ProtoReader reader, int depth) {
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case KEY -> reader.advance(reader.length());
        case VALUE -> checkAny(reader, depth);
        default -> reader.skip();
      }
    }
    reader.leave(outer);
  }

  private static void checkAny(ProtoReader reader, int depth) {
    if (depth > MAX_DEPTH) {
      throw new MalformedWireException(
          "attribute value nested " + depth + " deep (expected: at most " + MAX_DEPTH + ")");
    }
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case ANY_STRING, ANY_BYTES -> reader.advance(reader.length());
        case ANY_BOOL, ANY_INT -> reader.int64();
        case ANY_DOUBLE -> reader.fixed64();
        case ANY_ARRAY -> {
          int array = reader.enter();
          while (reader.next()) {
            if (reader.field() == 1) {
              checkAny(reader, depth + 1);
            } else {
              reader.skip();
            }
          }
          reader.leave(array);
        }
        case ANY_KEY_VALUES -> {
          int list = reader.enter();
          while (reader.next()) {
            if (reader.field() == 1) {
              checkKeyValue(reader, depth + 1);
            } else {
              reader.skip();
            }
          }
          reader.leave(list);
        }
        default -> reader.skip();
      }
    }
    reader.leave(outer);
  }

  /** Walks an {@code Event} that the reader stands at; throws if it is malformed. */
  static void checkEvent(ProtoReader reader) {
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case EVENT_TIME -> reader.fixed64();
        case EVENT_NAME -> reader.advance(reader.length());
        case EVENT_ATTRIBUTES -> checkKeyValue(reader, 0);
        default -> reader.skip();
      }
    }
    reader.leave(outer);
  }

  /** Walks a {@code Link} that the reader stands at; throws if it is malformed. */
  static void checkLink(ProtoReader reader) {
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case LINK_TRACE_ID, LINK_SPAN_ID -> reader.advance(reader.length());
        case LINK_ATTRIBUTES -> checkKeyValue(reader, 0);
        default -> reader.skip();
      }
    }
    reader.leave(outer);
  }

  /** Walks a {@code Status} that the reader stands at; its code, or malformed. */
  static int checkStatus(ProtoReader reader) {
    int code = 0;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case STATUS_MESSAGE -> reader.advance(reader.length());
        case STATUS_CODE -> code = reader.int32();
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    return code;
  }
}

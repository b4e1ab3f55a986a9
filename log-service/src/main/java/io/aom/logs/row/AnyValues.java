package io.aom.logs.row;

import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OTLP {@code AnyValue}s (opentelemetry/proto/common/v1/common.proto) in wire form: strings,
 * booleans, 64-bit integers, doubles, arrays, key-value lists and bytes.
 *
 * <p>The text of a value, which words and fields are compared with, is the string itself; {@code
 * true}, {@code 17}, {@code 0.5}; JSON for arrays and lists; base64 for bytes; empty if there is no
 * value.
 */
public final class AnyValues {
  /** Deepest nesting of arrays and lists that is taken; protobuf's own readers stop there too. */
  static final int MAX_DEPTH = 100;

  private static final int STRING = 1;
  private static final int BOOL = 2;
  private static final int INT = 3;
  private static final int DOUBLE = 4;
  private static final int ARRAY = 5;
  private static final int LIST = 6;
  private static final int BYTES = 7;

  private AnyValues() {}

  /**
   * Walks the {@code KeyValue} that the reader has entered, to its end.
   *
   * @throws MalformedWireException if it is not one, or nests too deeply
   */
  public static void checkKeyValue(ProtoReader reader) {
    checkKeyValue(reader, 0);
  }

  /** Walks the {@code AnyValue} that the reader has entered, to its end. */
  public static void check(ProtoReader reader) {
    check(reader, 0);
  }

  private static void checkKeyValue(ProtoReader reader, int depth) {
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> reader.advance(reader.length());
        case 2 -> {
          int outer = reader.enter();
          check(reader, depth);
          reader.leave(outer);
        }
        default -> reader.skip();
      }
    }
  }

  private static void check(ProtoReader reader, int depth) {
    checkDepth(reader, depth);
    while (reader.next()) {
      switch (reader.field()) {
        case STRING, BYTES -> reader.advance(reader.length());
        case BOOL, INT -> reader.int64();
        case DOUBLE -> reader.fixed64();
        case ARRAY, LIST -> {
          boolean list = reader.field() == LIST;
          int outer = reader.enter();
          while (reader.next()) {
            if (reader.field() != 1) {
              reader.skip();
              continue;
            }
            int outerElement = reader.enter();
            if (list) {
              checkKeyValue(reader, depth + 1);
            } else {
              check(reader, depth + 1);
            }
            reader.leave(outerElement);
          }
          reader.leave(outer);
        }
        default -> reader.skip();
      }
    }
  }

  private static void checkDepth(ProtoReader reader, int depth) {
    if (depth > MAX_DEPTH) {
      throw new MalformedWireException(
          "byte "
              + reader.position()
              + ": nesting of values (expected: at most "
              + MAX_DEPTH
              + ")");
    }
  }

  /**
   * Points {@code text} at the text of the {@code AnyValue} in {@code bytes[from, to)}.
   *
   * @return whether the text lies in these bytes: the value is a string, or there is none
   */
  public static boolean text(byte[] bytes, int from, int to, ByteSlice text) {
    return text(new ProtoReader(bytes, from, to), text);
  }

  /**
   * Points {@code text} at the text of the {@code AnyValue} that the reader stands in, and reads it
   * to its end. Allocates only where the value is not a string.
   *
   * @return whether the text lies in the reader's bytes: the value is a string, or there is none
   */
  public static boolean text(ProtoReader reader, ByteSlice text) {
    int start = reader.position();
    boolean other = false;
    text.clear();
    while (reader.next()) {
      if (reader.field() == STRING) {
        int length = reader.length();
        text.set(reader.bytes(), reader.position(), reader.position() + length);
        reader.advance(length);
        other = false;
      } else {
        other |= reader.field() <= BYTES;
        reader.skip();
      }
    }
    if (other) {
      Object value = read(new ProtoReader(reader.bytes(), start, reader.position()));
      byte[] rendered = text(value).getBytes(StandardCharsets.UTF_8);
      text.set(rendered, 0, rendered.length);
    }
    return !other;
  }

  /** The text of a value as {@link #read} returns it. */
  public static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case Map<?, ?> map -> json(map);
      case List<?> list -> json(list);
      default -> value.toString();
    };
  }

  /**
   * The value the reader stands in: String, Boolean, Long, Double, {@code byte[]}, or unmodifiable
   * List or Map (in order) of these; null if it is empty.
   */
  public static @Nullable Object read(ProtoReader reader) {
    return read(reader, 0);
  }

  private static @Nullable Object read(ProtoReader reader, int depth) {
    checkDepth(reader, depth);
    Object value = null;
    while (reader.next()) {
      switch (reader.field()) {
        case STRING -> value = reader.string();
        case BOOL -> value = reader.bool();
        case INT -> value = reader.int64();
        case DOUBLE -> value = reader.float64();
        case ARRAY -> {
          List<@Nullable Object> list = new ArrayList<>();
          int outer = reader.enter();
          while (reader.next()) {
            if (reader.field() == 1) {
              int outerElement = reader.enter();
              list.add(read(reader, depth + 1));
              reader.leave(outerElement);
            } else {
              reader.skip();
            }
          }
          reader.leave(outer);
          value = Collections.unmodifiableList(list);
        }
        case LIST -> {
          Map<String, @Nullable Object> map = new LinkedHashMap<>();
          int outer = reader.enter();
          while (reader.next()) {
            if (reader.field() == 1) {
              readKeyValue(reader, map, depth + 1);
            } else {
              reader.skip();
            }
          }
          reader.leave(outer);
          value = Collections.unmodifiableMap(map);
        }
        case BYTES -> value = reader.byteArray();
        default -> reader.skip();
      }
    }
    return value;
  }

  /** Puts the {@code KeyValue} field that the reader stands at into {@code target}. */
  public static void readKeyValue(ProtoReader reader, Map<String, @Nullable Object> target) {
    readKeyValue(reader, target, 0);
  }

  private static void readKeyValue(
      ProtoReader reader, Map<String, @Nullable Object> target, int depth) {
    String key = "";
    Object value = null;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> key = reader.string();
        case 2 -> {
          int outerValue = reader.enter();
          value = read(reader, depth);
          reader.leave(outerValue);
        }
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    target.put(key, value);
  }

  private static String json(Object value) {
    StringBuilder json = new StringBuilder();
    json(value, json);
    return json.toString();
  }

  private static void json(@Nullable Object value, StringBuilder json) {
    switch (value) {
      case null -> json.append("null");
      case Boolean bool -> json.append(bool);
      case Long number -> json.append(number);
      case Double number when Double.isFinite(number) -> json.append(number);
      case Map<?, ?> map -> {
        json.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.append(separator);
          quote(String.valueOf(entry.getKey()), json);
          json.append(':');
          json(entry.getValue(), json);
          separator = ",";
        }
        json.append('}');
      }
      case List<?> list -> {
        json.append('[');
        String separator = "";
        for (Object element : list) {
          json.append(separator);
          json(element, json);
          separator = ",";
        }
        json.append(']');
      }
      default -> quote(text(value), json);
    }
  }

  private static void quote(String text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < 0x20) {
            String hex = Integer.toHexString(c);
            json.append("\\u").repeat("0", 4 - hex.length()).append(hex);
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}

package io.aom.telemetry.otlp;

import io.aom.telemetry.otlp.Otlp.AnyValue;
import io.aom.telemetry.otlp.Otlp.KeyValue;
import io.aom.telemetry.wire.ProtoReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * An attribute's value as text, for a label: bytes in base64, lists and maps as JSON with sorted
 * keys, so that the same map is always the same text. The value must have been found not to nest
 * too deep.
 */
public final class ValueText {
  private ValueText() {}

  /** The value that the reader stands before; leaves the reader behind it. */
  public static String read(ProtoReader reader) {
    StringBuilder text = new StringBuilder();
    value(reader, text, false);
    return text.toString();
  }

  /**
   * A bound or quantile as Prometheus writes it in labels: without exponent or needless zeros, any
   * NaN as {@code NaN}.
   */
  public static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  /** As JavaScript writes it: very large and very small numbers with an exponent. */
  private static String attribute(double value) {
    double size = Math.abs(value);
    if (size == 0 || (size >= 1e-6 && size < 1e21) || !Double.isFinite(value)) {
      return number(value);
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    StringBuilder text = new StringBuilder(exact.unscaledValue().abs().toString());
    int exponent = text.length() - 1 - exact.scale();
    if (text.length() > 1) {
      text.insert(1, '.');
    }
    return (value < 0 ? "-" : "") + text + (exponent < 0 ? "e" : "e+") + exponent;
  }

  private static void value(ProtoReader reader, StringBuilder text, boolean inJson) {
    int from = text.length();
    int outer = reader.enter();
    boolean empty = true;
    while (reader.next()) {
      if (reader.field() > AnyValue.BYTES) {
        reader.skip();
        continue;
      }
      text.setLength(from); // of several values the last one counts, as everywhere in protobuf
      empty = false;
      switch (reader.field()) {
        case AnyValue.STRING -> string(reader.string(), text, inJson);
        case AnyValue.BOOL -> text.append(reader.bool());
        case AnyValue.INT -> text.append(reader.int64());
        case AnyValue.DOUBLE -> number(reader.float64(), text, inJson);
        case AnyValue.ARRAY -> array(reader, text);
        case AnyValue.KEY_VALUES -> map(reader, text);
        default -> string(Base64.getEncoder().encodeToString(reader.byteArray()), text, inJson);
      }
    }
    if (empty && inJson) {
      text.append("null");
    }
    reader.leave(outer);
  }

  /** JSON has no NaN and no infinity; there they are texts. */
  private static void number(double value, StringBuilder text, boolean inJson) {
    if (inJson && !Double.isFinite(value)) {
      string(number(value), text, true);
    } else {
      text.append(attribute(value));
    }
  }

  private static void array(ProtoReader reader, StringBuilder text) {
    int outer = reader.enter();
    text.append('[');
    boolean first = true;
    while (reader.next()) {
      if (reader.field() == AnyValue.VALUES) {
        text.append(first ? "" : ",");
        first = false;
        value(reader, text, true);
      } else {
        reader.skip();
      }
    }
    text.append(']');
    reader.leave(outer);
  }

  private static void map(ProtoReader reader, StringBuilder text) {
    Map<String, String> sorted = new TreeMap<>();
    int outer = reader.enter();
    while (reader.next()) {
      if (reader.field() != AnyValue.VALUES) {
        reader.skip();
        continue;
      }
      int entry = reader.enter();
      String key = "";
      StringBuilder nested = new StringBuilder("null");
      while (reader.next()) {
        switch (reader.field()) {
          case KeyValue.KEY -> key = reader.string();
          case KeyValue.VALUE -> {
            nested.setLength(0);
            value(reader, nested, true);
          }
          default -> reader.skip();
        }
      }
      reader.leave(entry);
      sorted.put(key, nested.toString());
    }
    reader.leave(outer);
    text.append('{');
    String between = "";
    for (Map.Entry<String, String> entry : sorted.entrySet()) {
      text.append(between);
      string(entry.getKey(), text, true);
      text.append(':').append(entry.getValue());
      between = ",";
    }
    text.append('}');
  }

  private static void string(String value, StringBuilder text, boolean quoted) {
    if (!quoted) {
      text.append(value);
      return;
    }
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        case '\u2028', '\u2029' -> text.append("\\u202").append(c == '\u2028' ? '8' : '9');
        default -> {
          if (c < ' ') {
            text.append("\\u00").append(HexFormat.of().toHexDigits((byte) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  /** The text as bytes. */
  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

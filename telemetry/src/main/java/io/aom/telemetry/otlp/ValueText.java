package io.aom.telemetry.otlp;

import io.aom.telemetry.otlp.Otlp.AnyValue;
import io.aom.telemetry.otlp.Otlp.KeyValue;
import io.aom.telemetry.wire.ProtoReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An attribute's value as text, for a label: numbers in plain decimals, bytes in base64, lists and
 * maps as JSON. The value must have been found not to nest too deep.
 */
public final class ValueText {
  private ValueText() {}

  /** The value that the reader stands before; leaves the reader behind it. */
  public static String read(ProtoReader reader) {
    StringBuilder text = new StringBuilder();
    value(reader, text, false);
    return text.toString();
  }

  /** A double as Prometheus writes it in labels: without exponent or needless zeros. */
  public static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value));
    return exact.signum() == 0 ? "0" : exact.stripTrailingZeros().toPlainString();
  }

  private static void value(ProtoReader reader, StringBuilder text, boolean inJson) {
    int outer = reader.enter();
    boolean empty = true;
    while (reader.next()) {
      empty = false;
      switch (reader.field()) {
        case AnyValue.STRING -> string(reader.string(), text, inJson);
        case AnyValue.BOOL -> text.append(reader.bool());
        case AnyValue.INT -> text.append(reader.int64());
        case AnyValue.DOUBLE -> text.append(number(reader.float64()));
        case AnyValue.BYTES ->
            string(Base64.getEncoder().encodeToString(reader.byteArray()), text, inJson);
        case AnyValue.ARRAY -> array(reader, text);
        case AnyValue.KEY_VALUES -> map(reader, text);
        default -> reader.skip();
      }
    }
    if (empty && inJson) {
      text.append("null");
    }
    reader.leave(outer);
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
    int outer = reader.enter();
    text.append('{');
    boolean first = true;
    while (reader.next()) {
      if (reader.field() != AnyValue.VALUES) {
        reader.skip();
        continue;
      }
      text.append(first ? "" : ",");
      first = false;
      int entry = reader.enter();
      String key = "";
      String value = "null";
      while (reader.next()) {
        switch (reader.field()) {
          case KeyValue.KEY -> key = reader.string();
          case KeyValue.VALUE -> {
            StringBuilder nested = new StringBuilder();
            value(reader, nested, true);
            value = nested.toString();
          }
          default -> reader.skip();
        }
      }
      reader.leave(entry);
      string(key, text, true);
      text.append(':').append(value);
    }
    text.append('}');
    reader.leave(outer);
  }

  private static void string(String value, StringBuilder text, boolean quoted) {
    if (!quoted) {
      text.append(value);
      return;
    }
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ') {
        text.append("\\u00").append(HexFormat.of().toHexDigits((byte) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  /** The text as bytes. */
  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

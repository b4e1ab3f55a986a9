package io.aom.topology.span;

import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks the attributes of an OTLP message that was checked before, without building anything. Not
 * thread-safe; {@link #reset} lets one serve many messages.
 */
public final class AttributeReader {
  private final ProtoReader reader;
  private final ProtoReader pair;
  private int field;
  private int at;
  private int length;
  private int keyAt;
  private int keyLength;
  private int valueAt;
  private int valueLength;
  private int valueField;

  /** Attributes are the message's field {@code field}. */
  public AttributeReader(byte[] bytes, int from, int length, int field) {
    reader = new ProtoReader(bytes, from, from + length);
    pair = new ProtoReader(bytes, from, from);
    this.field = field;
  }

  public void reset(byte[] bytes, int from, int size, int attributesField) {
    reader.reset(bytes, from, from + size);
    field = attributesField;
  }

  /** Moves to the next attribute; false if there is none. */
  public boolean next() {
    while (reader.next()) {
      if (reader.field() != field) {
        reader.skip();
        continue;
      }
      length = reader.length();
      at = reader.position();
      reader.advance(length);
      readPair();
      return true;
    }
    return false;
  }

  private void readPair() {
    keyAt = at;
    keyLength = 0;
    valueAt = at;
    valueLength = 0;
    valueField = 0;
    pair.reset(reader.bytes(), at, at + length);
    while (pair.next()) {
      switch (pair.field()) {
        case Otlp.KEY -> {
          keyLength = pair.length();
          keyAt = pair.position();
          pair.advance(keyLength);
        }
        case Otlp.VALUE -> {
          int outer = pair.enter();
          valueAt = pair.position();
          while (pair.next()) {
            valueField = pair.field();
            pair.skip();
          }
          valueLength = pair.position() - valueAt;
          pair.leave(outer);
        }
        default -> pair.skip();
      }
    }
  }

  /** The array the attributes lie in. */
  public byte[] bytes() {
    return reader.bytes();
  }

  /** Where the current attribute's {@code KeyValue} message begins. */
  public int at() {
    return at;
  }

  public int length() {
    return length;
  }

  public boolean keyIs(byte[] key) {
    return keyLength == key.length
        && Arrays.equals(bytes(), keyAt, keyAt + keyLength, key, 0, key.length);
  }

  public int keyAt() {
    return keyAt;
  }

  public int keyLength() {
    return keyLength;
  }

  public String key() {
    return new String(bytes(), keyAt, keyLength, StandardCharsets.UTF_8);
  }

  /** Size of the value's message in bytes: an upper bound of its text, if it is text. */
  public int valueLength() {
    return valueLength;
  }

  /** Whether the value is one of text, number or truth, not bytes, a list or a map. */
  public boolean scalar() {
    return valueField >= Otlp.ANY_STRING && valueField <= Otlp.ANY_DOUBLE;
  }

  /** The value as text; empty if it is not {@link #scalar}. */
  public String text() {
    if (!scalar()) {
      return "";
    }
    pair.reset(bytes(), valueAt, valueAt + valueLength);
    String text = "";
    while (pair.next()) {
      switch (pair.field()) {
        case Otlp.ANY_STRING -> text = pair.string();
        case Otlp.ANY_BOOL -> text = Boolean.toString(pair.bool());
        case Otlp.ANY_INT -> text = Long.toString(pair.int64());
        case Otlp.ANY_DOUBLE -> text = Double.toString(pair.float64());
        default -> pair.skip();
      }
    }
    return text;
  }
}

package io.aom.ingest.otlp;

import io.aom.telemetry.otlp.Otlp.KeyValue;
import io.aom.telemetry.otlp.ValueCheck;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.wire.ProtoReader;
import java.util.Arrays;

/** Key and value of one attribute, the value as text. Not thread-safe; reusable. */
final class Attribute {
  private static final byte[] NOTHING = new byte[0];

  private final ProtoReader any = new ProtoReader(NOTHING);
  private byte[] keys = NOTHING;
  private int keyFrom;
  private int keyTo;
  private byte[] values = NOTHING;
  private int valueFrom;
  private int valueTo;

  /**
   * Reads the attribute that the reader stands before, and leaves it behind.
   *
   * @return false if its value nests too deep to be said
   */
  boolean read(ProtoReader reader) {
    keys = reader.bytes();
    values = keys;
    keyFrom = 0;
    keyTo = 0;
    valueFrom = 0;
    valueTo = 0;
    boolean shallow = true;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case KeyValue.KEY -> {
          int length = reader.length();
          keyFrom = reader.position();
          keyTo = keyFrom + length;
          reader.advance(length);
        }
        case KeyValue.VALUE -> shallow = readValue(reader);
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    return shallow;
  }

  private boolean readValue(ProtoReader reader) {
    int at = reader.tagStart();
    if (!ValueCheck.anyValue(reader)) {
      return false;
    }
    any.reset(keys, at, reader.position());
    any.next();
    int length = any.length();
    int start = any.position();
    // Nearly always one short string, which is copied from where it stands.
    if (length >= 2 && keys[start] == 0x0A && keys[start + 1] == length - 2) {
      values = keys;
      valueFrom = start + 2;
      valueTo = start + length;
    } else {
      any.reset(keys, at, reader.position());
      any.next();
      values = ValueText.utf8(ValueText.read(any));
      valueFrom = 0;
      valueTo = values.length;
    }
    return true;
  }

  /** Lets go of the request. */
  void release() {
    keys = NOTHING;
    values = NOTHING;
    any.reset(NOTHING, 0, 0);
  }

  /** Whether this is its key. */
  boolean is(byte[] key) {
    return Arrays.equals(key, 0, key.length, keys, keyFrom, keyTo);
  }

  /** Whether its key begins so. */
  boolean begins(byte[] key) {
    return Arrays.equals(key, 0, key.length, keys, keyFrom, Math.min(keyTo, keyFrom + key.length));
  }

  /** The array that has the key. */
  byte[] keys() {
    return keys;
  }

  int keyFrom() {
    return keyFrom;
  }

  int keyTo() {
    return keyTo;
  }

  /** The array that has the value. */
  byte[] values() {
    return values;
  }

  int valueFrom() {
    return valueFrom;
  }

  int valueTo() {
    return valueTo;
  }

  byte[] value() {
    return Arrays.copyOfRange(values, valueFrom, valueTo);
  }
}

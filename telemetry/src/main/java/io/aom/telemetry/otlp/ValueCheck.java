package io.aom.telemetry.otlp;

import io.aom.telemetry.otlp.Otlp.AnyValue;
import io.aom.telemetry.otlp.Otlp.KeyValue;
import io.aom.telemetry.wire.ProtoReader;

/**
 * Walks attribute values without building them, so that nothing is passed on which a reader could
 * not decode, or only by nesting without end.
 */
public final class ValueCheck {
  /** Most lists and maps within each other; as JSON parsers allow and no telemetry needs. */
  public static final int MAX_DEPTH = 32;

  private ValueCheck() {}

  /**
   * Walks the {@code KeyValue} the reader stands before and leaves the reader behind it.
   *
   * @return false if it nests deeper than {@link #MAX_DEPTH}
   * @throws io.aom.telemetry.wire.MalformedWireException if it cannot be decoded
   */
  public static boolean keyValue(ProtoReader reader) {
    return keyValue(reader, 0);
  }

  /** The same for the {@code AnyValue} the reader stands before. */
  public static boolean anyValue(ProtoReader reader) {
    return anyValue(reader, 0);
  }

  private static boolean keyValue(ProtoReader reader, int depth) {
    boolean shallow = true;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case KeyValue.KEY -> reader.advance(reader.length());
        case KeyValue.VALUE -> shallow &= anyValue(reader, depth);
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    return shallow;
  }

  private static boolean anyValue(ProtoReader reader, int depth) {
    if (depth > MAX_DEPTH) {
      reader.skip();
      return false;
    }
    boolean shallow = true;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case AnyValue.STRING, AnyValue.BYTES -> reader.advance(reader.length());
        case AnyValue.BOOL, AnyValue.INT -> reader.int64();
        case AnyValue.DOUBLE -> reader.fixed64();
        case AnyValue.ARRAY -> {
          int list = reader.enter();
          while (reader.next()) {
            if (reader.field() == AnyValue.VALUES) {
              shallow &= anyValue(reader, depth + 1);
            } else {
              reader.skip();
            }
          }
          reader.leave(list);
        }
        case AnyValue.KEY_VALUES -> {
          int map = reader.enter();
          while (reader.next()) {
            if (reader.field() == AnyValue.VALUES) {
              shallow &= keyValue(reader, depth + 1);
            } else {
              reader.skip();
            }
          }
          reader.leave(map);
        }
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    return shallow;
  }
}

package io.aom.logs.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Code points in UTF-8 bytes. Bytes that are not UTF-8 read as {@link #INVALID}, one at a time. */
final class Utf8 {
  static final int INVALID = -1;
  static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Utf8() {}

  /** The code point at {@code at}; {@code at < limit}. */
  static int codePoint(byte[] bytes, int at, int limit) {
    int first = bytes[at];
    if (first >= 0) {
      return first;
    }
    int continuations = first >= (byte) 0xF0 ? 3 : first >= (byte) 0xE0 ? 2 : 1;
    if (first < (byte) 0xC2 || first > (byte) 0xF4 || limit - at <= continuations) {
      return INVALID;
    }
    int codePoint = first & (0x3F >> continuations);
    for (int i = 1; i <= continuations; i++) {
      int next = bytes[at + i];
      if ((next & 0xC0) != 0x80) {
        return INVALID;
      }
      codePoint = (codePoint << 6) | (next & 0x3F);
    }
    boolean overlong =
        (continuations == 2 && codePoint < 0x800) || (continuations == 3 && codePoint < 0x10000);
    boolean surrogate =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return overlong || surrogate || codePoint > Character.MAX_CODE_POINT ? INVALID : codePoint;
  }

  /** Bytes that a code point takes; one for {@link #INVALID}. */
  static int size(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  /** Writes a code point and returns the index after it; four bytes must be free. */
  static int put(byte[] target, int at, int codePoint) {
    int next = at;
    if (codePoint < 0x80) {
      target[next++] = (byte) codePoint;
    } else if (codePoint < 0x800) {
      target[next++] = (byte) (0xC0 | (codePoint >> 6));
      target[next++] = (byte) (0x80 | (codePoint & 0x3F));
    } else if (codePoint < 0x10000) {
      target[next++] = (byte) (0xE0 | (codePoint >> 12));
      target[next++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
      target[next++] = (byte) (0x80 | (codePoint & 0x3F));
    } else {
      target[next++] = (byte) (0xF0 | (codePoint >> 18));
      target[next++] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
      target[next++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
      target[next++] = (byte) (0x80 | (codePoint & 0x3F));
    }
    return next;
  }
}

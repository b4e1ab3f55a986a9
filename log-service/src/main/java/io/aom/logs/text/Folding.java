package io.aom.logs.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Case folding of UTF-8: each code point to its upper and then its lower case, in no locale, as
 * {@link String#equalsIgnoreCase} does. Text and query are folded alike; neither is normalised.
 */
public final class Folding {
  private Folding() {}

  static int fold(int codePoint) {
    return Character.toLowerCase(Character.toUpperCase(codePoint));
  }

  /** The folded UTF-8 bytes of {@code text}. */
  public static byte[] fold(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return fold(bytes, 0, bytes.length, Integer.MAX_VALUE);
  }

  /**
   * Folds {@code bytes[from, to)} as far as the result fits into {@code maxBytes}; never cuts a
   * code point.
   */
  public static byte[] fold(byte[] bytes, int from, int to, int maxBytes) {
    byte[] folded = new byte[(int) Math.min(maxBytes, 2L * (to - from)) + 4];
    return Arrays.copyOf(folded, fold(bytes, from, to, folded, maxBytes));
  }

  /**
   * Folds into {@code target} and returns how many bytes were written: at most {@code maxBytes},
   * for which the target must have four bytes more. What is not UTF-8 stays as it is.
   */
  static int fold(byte[] bytes, int from, int to, byte[] target, int maxBytes) {
    int size = 0;
    int at = from;
    while (at < to && size < maxBytes) {
      int b = bytes[at];
      if (b >= 0) {
        target[size++] = (byte) (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
        at++;
        continue;
      }
      int codePoint = Utf8.codePoint(bytes, at, to);
      int end;
      if (codePoint == Utf8.INVALID) {
        target[size] = (byte) b;
        end = size + 1;
      } else {
        end = Utf8.put(target, size, fold(codePoint));
      }
      if (end > maxBytes) {
        return size;
      }
      size = end;
      at += Utf8.size(codePoint);
    }
    return size;
  }

  /** Whether {@code bytes[from, to)}, folded, is {@code folded}. */
  public static boolean equals(byte[] bytes, int from, int to, byte[] folded) {
    return matches(bytes, from, to, folded, false);
  }

  /** Whether {@code bytes[from, to)}, folded, begins with {@code folded}. */
  public static boolean startsWith(byte[] bytes, int from, int to, byte[] folded) {
    return matches(bytes, from, to, folded, true);
  }

  private static boolean matches(byte[] bytes, int from, int to, byte[] folded, boolean prefix) {
    int at = from;
    int matched = 0;
    while (at < to && matched < folded.length) {
      int b = bytes[at];
      if (b >= 0) {
        if ((b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b) != folded[matched]) {
          return false;
        }
        matched++;
        at++;
        continue;
      }
      int codePoint = Utf8.codePoint(bytes, at, to);
      if (codePoint == Utf8.INVALID) {
        if (folded[matched] != b) {
          return false;
        }
        matched++;
        at++;
        continue;
      }
      int expected = Utf8.codePoint(folded, matched, folded.length);
      if (fold(codePoint) != expected) {
        return false;
      }
      matched += Utf8.size(expected);
      at += Utf8.size(codePoint);
    }
    return matched == folded.length && (prefix || at == to);
  }
}

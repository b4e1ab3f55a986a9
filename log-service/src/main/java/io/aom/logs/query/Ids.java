package io.aom.logs.query;

import io.aom.logs.query.lang.LogQuery;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Trace and span ids as people write them. */
final class Ids {
  private Ids() {}

  /** The bytes of an id written in hexadecimal, in any case; null if it is not one. */
  static byte @Nullable [] parse(String text, int length) {
    if (text.length() != 2 * length || !text.chars().allMatch(HexFormat::isHexDigit)) {
      return null;
    }
    return HexFormat.of().parseHex(text);
  }

  /** The trace id that a plain word may be meant as; null if it cannot be one. */
  static byte @Nullable [] traceId(LogQuery.Words words) {
    return words.prefix() ? null : parse(words.text().strip(), 16);
  }
}

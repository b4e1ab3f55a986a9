package io.aom.metrics.query.web;

/**
 * Label names as Prometheus puts them into a path: {@code U__} before the name, {@code _} doubled,
 * and what is neither letter, digit nor {@code _} as its code point in hexadecimal between two
 * {@code _}. See https://prometheus.io/docs/prometheus/latest/querying/api/ (label values).
 */
final class EscapedNames {
  private static final String PREFIX = "U__";
  private static final int MOST_DIGITS = 6;

  private EscapedNames() {}

  /** The name that is meant; a text that is not escaped, or not rightly, means itself. */
  static String unescape(String text) {
    if (!text.startsWith(PREFIX)) {
      return text;
    }
    StringBuilder name = new StringBuilder(text.length());
    int at = PREFIX.length();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '_') {
        name.append(c);
        continue;
      }
      int end = text.indexOf('_', at);
      if (end < 0 || end - at > MOST_DIGITS) {
        return text;
      }
      if (end == at) {
        name.append('_');
      } else {
        int codePoint = hexadecimal(text, at, end);
        if (!Character.isValidCodePoint(codePoint)
            || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE)) {
          return text;
        }
        name.appendCodePoint(codePoint);
      }
      at = end + 1;
    }
    return name.toString();
  }

  private static int hexadecimal(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = value * 16 + digit;
    }
    return value;
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;

/**
 * One word of a query.
 *
 * @param text for a string its content, for all else as it stands in the query
 * @param number value of a number; of a duration in seconds
 */
record Token(Kind kind, String text, double number, Span span) {
  enum Kind {
    IDENTIFIER,
    NUMBER,
    DURATION,
    STRING,
    /** An operator or bracket; {@link Token#text} says which. */
    SIGN,
    END
  }

  boolean is(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  /** Whether this is the word, in upper or lower case. */
  boolean isWord(String word) {
    return kind == Kind.IDENTIFIER && text.equalsIgnoreCase(word);
  }

  /** Whether it stands for a number, Inf and NaN among them. */
  boolean isNumber() {
    return kind == Kind.NUMBER || kind == Kind.DURATION;
  }

  String described() {
    return switch (kind) {
      case END -> "end of input";
      case STRING -> "string " + Labels.quote(text);
      case NUMBER -> "number \"" + text + "\"";
      case DURATION -> "duration \"" + text + "\"";
      case IDENTIFIER -> "identifier \"" + text + "\"";
      case SIGN -> "\"" + text + "\"";
    };
  }
}

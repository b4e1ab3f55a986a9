package io.aom.metrics.promql;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aom.metrics.series.Labels;
import java.util.Locale;
import java.util.Set;

/**
 * One word of a query.
 *
 * @param text for a string its content, for an error what is wrong, for all else as it stands in
 *     the query
 * @param number value of a number; of a duration in seconds
 */
record Token(Kind kind, String text, double number, Span span) {
  enum Kind {
    IDENTIFIER,
    /** A word inside braces, where no word has a meaning of its own. */
    LABEL,
    NUMBER,
    DURATION,
    STRING,
    /** An operator or bracket; {@link Token#text} says which. */
    SIGN,
    /** Text that is no word; nothing comes behind it. */
    ERROR,
    END
  }

  private static final Set<String> KEYWORDS =
      Set.of(
          "offset",
          "smoothed",
          "anchored",
          "by",
          "without",
          "on",
          "ignoring",
          "group_left",
          "group_right",
          "bool");
  private static final Set<String> FILLS = Set.of("fill", "fill_left", "fill_right");
  private static final Set<String> OF_QUERY =
      Set.of("start", "end", "step", "range", "max_of", "min_of");
  private static final int MOST_SHOWN = 10;

  boolean is(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  /** Whether this is the word, in upper or lower case. */
  boolean isWord(String word) {
    return kind == Kind.IDENTIFIER && text.equalsIgnoreCase(word);
  }

  /** Whether the word means something to the language, so that no function can have its name. */
  boolean isKeyword() {
    String word = text.toLowerCase(Locale.ROOT);
    return KEYWORDS.contains(word) || FILLS.contains(word) || BinaryOperator.find(this) != null;
  }

  /** Whether it stands for a number, Inf and NaN among them. */
  boolean isNumber() {
    return kind == Kind.NUMBER || kind == Kind.DURATION;
  }

  /** As Prometheus names it in a refusal. */
  String described(String query) {
    String written = query.substring(span.start(), span.end());
    return switch (kind) {
      case END -> "end of input";
      case ERROR -> text;
      case STRING -> "string " + shortened(written);
      case NUMBER -> "number " + shortened(written);
      case DURATION -> "duration " + shortened(written);
      case LABEL -> "identifier " + Labels.quote(written);
      case IDENTIFIER -> describedWord(query, written);
      case SIGN ->
          BinaryOperator.find(this) != null || is("@") || is("=~") || is("!~")
              ? "<op:" + written + ">"
              : Labels.quote(written);
    };
  }

  private String describedWord(String query, String written) {
    String word = written.toLowerCase(Locale.ROOT);
    boolean fills =
        FILLS.contains(word) && query.substring(span.end()).stripLeading().startsWith("(");
    if (fills || KEYWORDS.contains(word)) {
      return "<" + written + ">";
    }
    if (BinaryOperator.find(this) != null) {
      return "<op:" + written + ">";
    }
    if (Aggregation.find(word) != null) {
      return "<aggr:" + written + ">";
    }
    if (OF_QUERY.contains(word)) {
      return Labels.quote(written);
    }
    return (written.contains(":") ? "metric identifier " : "identifier ") + Labels.quote(written);
  }

  private static String shortened(String written) {
    if (written.getBytes(UTF_8).length <= MOST_SHOWN) {
      return Labels.quote(written);
    }
    int shown = Math.min(MOST_SHOWN, written.codePointCount(0, written.length()));
    return Labels.quote(written.substring(0, written.offsetByCodePoints(0, shown))) + "...";
  }
}

package io.aom.metrics.conformance;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/** What a message must be: these very words, or found by a regular expression. */
record Message(@Nullable Pattern pattern, String text) {
  static final Message ANY = matching("");

  static Message of(String text) {
    return new Message(null, text);
  }

  /** The expression is RE2's, as in Prometheus: braces that repeat nothing stand for themselves. */
  static Message matching(String expression) {
    return new Message(Pattern.compile(expression), expression);
  }

  boolean is(String message) {
    return pattern == null ? message.equals(text) : pattern.matcher(message).find();
  }

  @Override
  public String toString() {
    return pattern == null ? text : "/" + text + "/";
  }
}

package io.aom.metrics.series;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One test of a label's value; a label that is not there has the empty value. Regular expressions
 * have RE2's syntax, match the whole value, and run in linear time.
 */
public final class LabelMatcher {
  /** How the value is compared. */
  public enum Kind {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String sign;

    Kind(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }

    boolean regex() {
      return this == REGEX || this == NOT_REGEX;
    }

    boolean negative() {
      return this == NOT_EQUAL || this == NOT_REGEX;
    }
  }

  private final Kind kind;
  private final String name;
  private final String value;
  private final ValueTest test;

  /**
   * @throws IllegalArgumentException if {@code value} is not a regular expression and should be
   */
  public LabelMatcher(Kind kind, String name, String value) {
    this.kind = kind;
    this.name = name;
    this.value = value;
    this.test = kind.regex() ? ValueTest.regex(value) : new ValueTest.Exact(value);
  }

  public static LabelMatcher equal(String name, String value) {
    return new LabelMatcher(Kind.EQUAL, name, value);
  }

  /**
   * Whether a series satisfies all matchers.
   *
   * @param labels gives the value of a label, empty if the series does not have it
   */
  public static boolean allMatch(List<LabelMatcher> matchers, UnaryOperator<String> labels) {
    for (LabelMatcher matcher : matchers) {
      if (!matcher.matches(labels.apply(matcher.name()))) {
        return false;
      }
    }
    return true;
  }

  public Kind kind() {
    return kind;
  }

  public String name() {
    return name;
  }

  public String value() {
    return value;
  }

  /** The test behind, without the negation. */
  public ValueTest test() {
    return test;
  }

  public boolean matches(String labelValue) {
    return test.matches(labelValue) != kind.negative();
  }

  /** Whether series without the label match. */
  public boolean matchesEmpty() {
    return matches("");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LabelMatcher that
        && kind == that.kind
        && name.equals(that.name)
        && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return (kind.hashCode() * 31 + name.hashCode()) * 31 + value.hashCode();
  }

  @Override
  public String toString() {
    return Labels.quoteName(name) + kind.sign() + Labels.quote(value);
  }
}

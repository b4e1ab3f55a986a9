package io.aom.metrics.series;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a label value must be. The simple forms of regular expressions need no automaton. */
public sealed interface ValueTest {
  /** Longest regular expression taken. */
  int MAX_REGEX_LENGTH = 8192;

  boolean matches(String value);

  /** Exactly this value. */
  record Exact(String value) implements ValueTest {
    @Override
    public boolean matches(String candidate) {
      return value.equals(candidate);
    }
  }

  /** One of these values: {@code a|b|c}. */
  record OneOf(Set<String> values) implements ValueTest {
    @Override
    public boolean matches(String candidate) {
      return values.contains(candidate);
    }
  }

  /** Any value: {@code .*}. */
  record Anything() implements ValueTest {
    @Override
    public boolean matches(String candidate) {
      return true;
    }
  }

  /** Any value but the empty one: {@code .+}. */
  record NotEmpty() implements ValueTest {
    @Override
    public boolean matches(String candidate) {
      return !candidate.isEmpty();
    }
  }

  /** Literal beginning and then anything: {@code api-.*}. */
  record Beginning(String prefix, boolean more) implements ValueTest {
    @Override
    public boolean matches(String candidate) {
      return candidate.startsWith(prefix) && (!more || candidate.length() > prefix.length());
    }
  }

  /** Any other regular expression. */
  record Regex(Pattern pattern) implements ValueTest {
    @Override
    public boolean matches(String candidate) {
      return pattern.matches(candidate);
    }
  }

  /**
   * @throws IllegalArgumentException if this is not a regular expression of RE2, or one too large
   */
  static ValueTest regex(String regex) {
    if (regex.isEmpty()) {
      return new Exact("");
    }
    switch (regex) {
      case ".*" -> {
        return new Anything();
      }
      case ".+" -> {
        return new NotEmpty();
      }
      default -> {}
    }
    Set<String> literals = alternatives(regex);
    if (literals != null) {
      return literals.size() == 1 ? new Exact(literals.iterator().next()) : new OneOf(literals);
    }
    if (regex.length() > 2 && (regex.endsWith(".*") || regex.endsWith(".+"))) {
      String prefix = literal(regex.substring(0, regex.length() - 2));
      if (prefix != null) {
        return new Beginning(prefix, regex.endsWith(".+"));
      }
    }
    return new Regex(compile(regex));
  }

  /** Compiles an RE2 expression in which a dot matches line ends too. */
  static Pattern compile(String regex) {
    if (regex.length() > MAX_REGEX_LENGTH) {
      throw new IllegalArgumentException(
          "regex: " + regex.length() + " characters (expected: at most " + MAX_REGEX_LENGTH + ")");
    }
    RegexRepeats.check(regex);
    try {
      return Pattern.compile(regex, Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      String wrong = e.getPattern();
      String shown =
          wrong.equals("(?s)" + regex) ? regex : wrong; // RE2J writes its flags before it
      throw new IllegalArgumentException(
          "error parsing regexp: " + e.getDescription() + ": `" + shown + "`", e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("error parsing regexp: nests too deeply", e);
    }
  }

  private static @Nullable Set<String> alternatives(String regex) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= regex.length(); i++) {
      if (i == regex.length()
          || (regex.charAt(i) == '|' && (i == 0 || regex.charAt(i - 1) != '\\'))) {
        String part = literal(regex.substring(start, i));
        if (part == null) {
          return null;
        }
        parts.add(part);
        start = i + 1;
      }
    }
    return new LinkedHashSet<>(parts);
  }

  /** The text a regular expression without any operator stands for, or null if it has one. */
  private static @Nullable String literal(String regex) {
    StringBuilder text = new StringBuilder(regex.length());
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '\\') {
        if (i + 1 == regex.length() || Character.isLetterOrDigit(regex.charAt(i + 1))) {
          return null;
        }
        text.append(regex.charAt(++i));
      } else if (".+*?()[]{}^$|".indexOf(c) >= 0) {
        return null;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}

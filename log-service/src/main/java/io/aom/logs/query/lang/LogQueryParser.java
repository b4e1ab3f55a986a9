package io.aom.logs.query.lang;

import io.aom.logs.query.lang.LogQuery.Match;
import io.aom.logs.text.Phrase;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the log query language.
 *
 * <pre>
 * query  = [ or ]
 * or     = and { "OR" and }
 * and    = not { [ "AND" ] not }
 * not    = { "NOT" } item
 * item   = "(" or ")" | words | field
 * words  = ( bare | quoted ) [ "*" ]
 * field  = ( bare | quoted ) ":" ( "*" | [ "=" | ">=" ] ( bare | quoted ) [ "*" ] )
 * </pre>
 *
 * A bare text ends at white space, a quote or a parenthesis; bare text of signs alone is passed
 * over, so that a pasted log line can be searched. In quotes, {@code \"} and {@code \\} stand for
 * the character; any other backslash for itself. A bare text is a field only if its key is of
 * letters, digits, {@code _ . - /}, does not begin with a digit, and neither {@code //} nor a
 * backslash follows the colon: a URL, a time of day and a Windows path are words.
 */
public final class LogQueryParser {
  /** What a query that cannot be read is refused with; carries {@code position}. */
  public static final Problem SYNTAX =
      new Problem("log-query-syntax", "Log query cannot be read", 400);

  private final String text;
  private final LogQueryLimits limits;
  private int position;
  private int terms;

  private LogQueryParser(String text, LogQueryLimits limits) {
    this.text = text;
    this.limits = limits;
  }

  public static LogQuery parse(String text) {
    return parse(text, LogQueryLimits.DEFAULT);
  }

  /**
   * Reads a whole query; a blank one finds everything.
   *
   * @throws RejectedException ({@link #SYNTAX}) with the position of the offending character, from
   *     0, as detail {@code position}
   */
  public static LogQuery parse(String text, LogQueryLimits limits) {
    if (text.length() > limits.length()) {
      throw new RejectedException(
          SYNTAX,
          "query: " + text.length() + " characters (expected: at most " + limits.length() + ")",
          Map.of("position", limits.length()));
    }
    LogQueryParser parser = new LogQueryParser(text, limits);
    return text.isBlank() ? LogQuery.EVERYTHING : parser.whole();
  }

  private LogQuery whole() {
    LogQuery query = or(0);
    skipSpace();
    if (position < text.length()) {
      throw refused(position, "')'", "an opening parenthesis before it");
    }
    return query;
  }

  private LogQuery or(int depth) {
    List<LogQuery> operands = new ArrayList<>();
    operands.add(and(depth));
    while (keyword("OR")) {
      operands.add(and(depth));
    }
    return operands.size() == 1 ? operands.getFirst() : new LogQuery.Or(operands);
  }

  private LogQuery and(int depth) {
    List<LogQuery> operands = new ArrayList<>();
    boolean needed = true;
    while (true) {
      skipSigns();
      if (atEnd() || peekKeyword("OR")) {
        break;
      }
      if (peekKeyword("AND")) {
        if (needed) {
          throw refused(position, "AND", "something to look for before it");
        }
        keyword("AND");
        needed = true;
        continue;
      }
      operands.add(not(depth));
      needed = false;
    }
    if (needed) {
      throw refused(position, found(), "a word, a phrase, a field or a parenthesis");
    }
    return LogQuery.allOf(operands);
  }

  private LogQuery not(int depth) {
    checkDepth(depth);
    if (keyword("NOT")) {
      skipSigns();
      if (atEnd() || peekKeyword("OR") || peekKeyword("AND")) {
        throw refused(position, found(), "something to look for after NOT");
      }
      return new LogQuery.Not(not(depth + 1));
    }
    if (text.charAt(position) == '(') {
      position++;
      LogQuery inner = or(depth + 1);
      skipSpace();
      if (position >= text.length()) {
        throw refused(position, "end of query", "')'");
      }
      position++;
      return inner;
    }
    return item();
  }

  private LogQuery item() {
    if (++terms > limits.terms()) {
      throw refused(position, "term " + terms, "at most " + limits.terms() + " terms");
    }
    int start = position;
    if (text.charAt(position) == '"') {
      String quoted = quoted();
      if (position < text.length() && text.charAt(position) == ':') {
        position++;
        return fieldValue(quoted);
      }
      return words(start, quoted, star());
    }
    int colon = fieldColon();
    if (colon > 0) {
      String key = text.substring(position, colon);
      position = colon + 1;
      return fieldValue(key);
    }
    String bare = bare();
    boolean prefix = bare.endsWith("*");
    return words(start, prefix ? bare.substring(0, bare.length() - 1) : bare, prefix);
  }

  private LogQuery words(int start, String words, boolean prefix) {
    if (Phrase.of(words, prefix).isEmpty()) {
      throw refused(start, '"' + words + '"', "at least one letter or digit");
    }
    return new LogQuery.Words(words, prefix);
  }

  private LogQuery fieldValue(String key) {
    if (key.isEmpty()) {
      throw refused(position, "empty field name", "a name");
    }
    if (position < text.length() && text.charAt(position) == '*' && endsAt(position + 1)) {
      position++;
      return new LogQuery.Field(key, Match.EXISTS, "");
    }
    Match match = Match.EQUALS;
    if (text.startsWith(">=", position)) {
      match = Match.AT_LEAST;
      position += 2;
    } else if (text.startsWith("=", position)) {
      match = Match.EXACTLY;
      position++;
    }
    if (endsAt(position) && !(position < text.length() && text.charAt(position) == '"')) {
      throw refused(position, found(), "a value of field " + key);
    }
    String value;
    boolean prefix;
    if (text.charAt(position) == '"') {
      value = quoted();
      prefix = star();
    } else {
      value = bare();
      prefix = value.endsWith("*");
      if (prefix) {
        value = value.substring(0, value.length() - 1);
      }
    }
    if (prefix) {
      if (match != Match.EQUALS) {
        throw refused(position - 1, "'*'", "no prefix with " + match.name());
      }
      match = Match.PREFIX;
    }
    return new LogQuery.Field(key, match, value);
  }

  /** Index of the colon if a bare field begins here, else -1. */
  private int fieldColon() {
    int at = position;
    while (at < text.length() && isKeyChar(text.charAt(at), at == position)) {
      at++;
    }
    if (at == position || at >= text.length() || text.charAt(at) != ':') {
      return -1;
    }
    int value = at + 1;
    boolean quoted = value < text.length() && text.charAt(value) == '"';
    if ((!quoted && endsAt(value))
        || text.startsWith("//", value)
        || text.startsWith("\\", value)
        || text.startsWith(":", value)) {
      return -1;
    }
    return at;
  }

  private static boolean isKeyChar(char c, boolean first) {
    return Character.isLetter(c)
        || c == '_'
        || (!first && (Character.isDigit(c) || c == '.' || c == '-' || c == '/'));
  }

  private String bare() {
    int start = position;
    while (!endsAt(position)) {
      position++;
    }
    return text.substring(start, position);
  }

  private String quoted() {
    int start = position++;
    StringBuilder value = new StringBuilder();
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        return value.toString();
      }
      if (c == '\\'
          && position < text.length()
          && (text.charAt(position) == '"' || text.charAt(position) == '\\')) {
        value.append(text.charAt(position++));
      } else {
        value.append(c);
      }
    }
    throw refused(start, "a quote", "another one that ends it");
  }

  private boolean star() {
    boolean star = position < text.length() && text.charAt(position) == '*';
    if (star) {
      position++;
    }
    return star;
  }

  /** Whether a bare text ends before index {@code at}. */
  private boolean endsAt(int at) {
    if (at >= text.length()) {
      return true;
    }
    char c = text.charAt(at);
    return Character.isWhitespace(c) || c == '(' || c == ')' || c == '"';
  }

  private boolean peekKeyword(String keyword) {
    skipSpace();
    return text.startsWith(keyword, position) && endsAt(position + keyword.length());
  }

  private boolean keyword(String keyword) {
    boolean found = peekKeyword(keyword);
    if (found) {
      position += keyword.length();
    }
    return found;
  }

  private void skipSpace() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  /** Passes over white space and bare texts without a letter or digit. */
  private void skipSigns() {
    skipSpace();
    while (!endsAt(position)) {
      int start = position;
      if (!Phrase.of(bare(), false).isEmpty()) {
        position = start;
        return;
      }
      skipSpace();
    }
  }

  private boolean atEnd() {
    return position >= text.length() || text.charAt(position) == ')';
  }

  private void checkDepth(int depth) {
    if (depth > limits.depth()) {
      throw refused(position, "nesting", "at most " + limits.depth() + " levels");
    }
  }

  private String found() {
    return position >= text.length() ? "end of query" : "'" + text.charAt(position) + "'";
  }

  private RejectedException refused(int at, String found, String expected) {
    return new RejectedException(
        SYNTAX,
        "query at " + at + ": " + found + " (expected: " + expected + ")",
        Map.of("position", at));
  }
}

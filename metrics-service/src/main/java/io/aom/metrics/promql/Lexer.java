package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts a query into tokens. Comments run from {@code #} to the end of the line. The last token is
 * the end, or an error where the text goes on with what is no token: what stands before it may be
 * wrong in itself, and then that counts.
 */
final class Lexer {
  private static final List<String> OUTSIDE =
      List.of(
          "!=", "==", ">=", "<=", ">/", "</", "(", ")", "{", "[", "]", ",", "=", ">", "<", "+", "-",
          "*", "/", "%", "^", "@");
  private static final List<String> IN_BRACES = List.of("=~", "!~", "!=", "=", ",", "}");
  private static final List<String> IN_DURATION =
      List.of("(", ")", "]", ":", "+", "-", "*", "/", "%", "^", ",");

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int parentheses;
  private boolean braces;
  private boolean brackets;

  /** Whether a duration is to come, and nothing but a duration. */
  private boolean duration;

  private boolean colon;

  Lexer(String text) {
    this.text = text;
  }

  List<Token> tokens() {
    try {
      do {
        tokens.add(next());
      } while (tokens.getLast().kind() != Token.Kind.END);
    } catch (Unreadable e) {
      tokens.add(new Token(Token.Kind.ERROR, e.what, 0, new Span(e.start, e.start)));
    }
    return tokens;
  }

  /** Text that is no token. */
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final int start;
    final String what;

    Unreadable(int start, String what) {
      super(what, null, false, false);
      this.start = start;
      this.what = what;
    }
  }

  private Token next() {
    skipBlanks();
    if (at == text.length()) {
      return end();
    }
    char c = text.charAt(at);
    if (!braces && (digit(c) || (c == '.' && digit(peek(1))))) {
      return number();
    }
    if (!duration && (c == '"' || c == '\'' || c == '`')) {
      return string(c);
    }
    if (braces) {
      return letter(c) ? label() : sign(IN_BRACES);
    }
    if (brackets && letter(c)) {
      return wordOfDuration();
    }
    if (brackets && c == ':') {
      return colon();
    }
    if (letter(c) || c == ':') {
      return word();
    }
    return sign(duration ? IN_DURATION : OUTSIDE);
  }

  private Token end() {
    if (braces) {
      throw new Unreadable(at, "unexpected end of input inside braces");
    }
    if (duration) {
      throw new Unreadable(at, "unexpected end of input in duration expression");
    }
    if (parentheses > 0 || brackets) {
      throw new Unreadable(at, "unclosed left " + (parentheses > 0 ? "parenthesis" : "bracket"));
    }
    return new Token(Token.Kind.END, "", 0, new Span(at, at));
  }

  /** A character ahead, or one that means nothing. */
  private char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
  }

  private Token sign(List<String> signs) {
    int start = at;
    for (String sign : signs) {
      if (text.startsWith(sign, at)) {
        at += sign.length();
        note(start, sign);
        return token(Token.Kind.SIGN, start, sign, 0);
      }
    }
    int point = text.codePointAt(at);
    String character = Labels.quoteCharacter(point);
    if (braces && point == '{') {
      throw new Unreadable(start, "unexpected left brace " + character);
    }
    if (point == '!' && !duration) {
      at++;
      throw new Unreadable(
          start, "unexpected character after '!'" + (braces ? " inside braces: " : ": ") + shown());
    }
    String where = braces ? " inside braces" : duration ? " in duration expression" : "";
    throw new Unreadable(start, "unexpected character" + where + ": " + character);
  }

  /** The next character between quotes. */
  private String shown() {
    return Labels.quoteCharacter(at < text.length() ? text.codePointAt(at) : '\uFFFD');
  }

  /** What a sign opens or closes. */
  private void note(int start, String sign) {
    switch (sign) {
      case "(" -> parentheses++;
      case ")" -> {
        if (--parentheses < 0) {
          throw new Unreadable(at, "unexpected right parenthesis ')'");
        }
      }
      case "{" -> braces = true;
      case "}" -> braces = false;
      case "[" -> {
        if (brackets) {
          throw new Unreadable(start, "unexpected left bracket '['");
        }
        brackets = true;
        duration = true;
        colon = false;
      }
      case "]" -> {
        if (!brackets) {
          throw new Unreadable(start, "unexpected right bracket ']'");
        }
        brackets = false;
        duration = false;
      }
      case "=" -> {
        if (!braces && peek(0) == '~') {
          throw new Unreadable(start, "unexpected character after '=': '~'");
        }
      }
      default -> {}
    }
  }

  /** In brackets a colon separates range and step; elsewhere it belongs to names. */
  private Token colon() {
    int start = at++;
    if (duration && tokens.getLast().is("[")) {
      throw new Unreadable(at, "unexpected colon before duration in duration expression");
    }
    if (colon) {
      throw duration
          ? new Unreadable(at, "unexpected repeated colon in duration expression")
          : new Unreadable(start, "unexpected colon ':'");
    }
    colon = true;
    return token(Token.Kind.SIGN, start, ":", 0);
  }

  private Token label() {
    int start = at;
    while (letter(peek(0)) || digit(peek(0))) {
      at++;
    }
    return token(Token.Kind.LABEL, start, text.substring(start, at), 0);
  }

  /** A function that stands for a duration: no other word can be in brackets. */
  private Token wordOfDuration() {
    int start = at;
    while (letter(peek(0))) {
      at++;
    }
    String word = text.substring(start, at);
    for (String function : List.of("step", "range", "min_of", "max_of")) {
      if (word.equalsIgnoreCase(function)) {
        return token(Token.Kind.IDENTIFIER, start, word, 0);
      }
    }
    String first = Labels.quoteCharacter(text.charAt(start));
    throw new Unreadable(
        start,
        duration
            ? "unexpected character in duration expression: " + first
            : "unexpected character: " + first + ", expected ':'");
  }

  private Token word() {
    int start = at;
    while (letter(peek(0)) || digit(peek(0)) || peek(0) == ':') {
      at++;
    }
    String word = text.substring(start, at);
    if (word.equalsIgnoreCase("inf")) {
      return token(Token.Kind.NUMBER, start, word, Double.POSITIVE_INFINITY);
    }
    if (word.equalsIgnoreCase("nan")) {
      return token(Token.Kind.NUMBER, start, word, Double.NaN);
    }
    return token(Token.Kind.IDENTIFIER, start, word, 0);
  }

  private Token token(Token.Kind kind, int start, String content, double number) {
    return new Token(kind, content, number, new Span(start, at));
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        while (at < text.length() && text.charAt(at) != '\n') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
      } else {
        return;
      }
    }
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private Token number() {
    int start = at;
    duration = false;
    if (readNumber()) {
      String written = text.substring(start, at);
      return token(Token.Kind.NUMBER, start, written, value(start, written));
    }
    if (!readDuration()) {
      throw new Unreadable(
          start, "bad number or duration syntax: " + Labels.quote(text.substring(start, at)));
    }
    String written = text.substring(start, at);
    String problem = Durations.problem(written);
    if (!problem.isEmpty()) {
      throw new Unreadable(start, problem);
    }
    return token(Token.Kind.DURATION, start, written, Durations.parseMillis(written) / 1000.0);
  }

  private boolean accept(String any) {
    if (at < text.length() && any.indexOf(text.charAt(at)) >= 0) {
      at++;
      return true;
    }
    return false;
  }

  /**
   * Reads on to where it is known whether this is a number; what cannot go on is read too, so that
   * a refusal shows it.
   */
  private boolean readNumber() {
    boolean hex = peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X');
    String digits = hex ? "0123456789abcdefABCDEF" : "0123456789";
    at += hex ? 2 : 0;
    boolean dot = false;
    boolean exponent = false;
    while (true) {
      if (accept(digits)) {
        continue;
      }
      if (accept("_")) {
        if (accept("._eE") || at == text.length()) {
          return false;
        }
      } else if (accept(".")) {
        if (dot || accept("_.") || hex) {
          return false;
        }
        dot = true;
      } else if (accept("eE")) {
        if (exponent) {
          return false;
        }
        exponent = true;
        accept("+-");
        if (accept("._eE") || at == text.length()) {
          return false;
        }
      } else {
        return !(letter(peek(0)) || digit(peek(0)));
      }
    }
  }

  /** Reads on behind a number where a duration's first unit may stand. */
  private boolean readDuration() {
    String units = "smhdwy";
    do {
      if (!accept(units)) {
        return false;
      }
      accept("s"); // as in ms; other units that are none are told from the whole
      units = "smhdw";
    } while (readDigits());
    boolean ends = !(letter(peek(0)) || digit(peek(0)));
    at += ends ? 0 : 1;
    return ends;
  }

  private boolean readDigits() {
    int from = at;
    while (accept("0123456789")) {}
    return at > from;
  }

  private static double value(int start, String written) {
    String problem = "invalid syntax";
    try {
      String digits = written.replace("_", "");
      double value =
          written.length() > 2 && (written.charAt(1) | 32) == 'x'
              ? (double) Long.parseLong(digits.substring(2), 16)
              : decimal(digits);
      if (Double.isFinite(value)) {
        return value;
      }
      problem = "value out of range";
    } catch (NumberFormatException e) {
      // told below
    }
    throw new Unreadable(
        start,
        "error parsing number: strconv.ParseFloat: parsing "
            + Labels.quote(written)
            + ": "
            + problem);
  }

  /** Decimal, or octal if it begins with 0 and has octal digits only, as in Go. */
  private static double decimal(String digits) {
    boolean octal = digits.length() > 1 && digits.charAt(0) == '0' && digits.length() < 22;
    for (int i = 0; i < digits.length() && octal; i++) {
      octal = digits.charAt(i) >= '0' && digits.charAt(i) <= '7';
    }
    return octal ? (double) Long.parseLong(digits, 8) : Double.parseDouble(digits);
  }

  private Token string(char quote) {
    int start = at++;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringBuilder plain = new StringBuilder();
    while (true) {
      if (at == text.length() || (quote != '`' && text.charAt(at) == '\n')) {
        throw new Unreadable(
            start, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
      }
      char c = text.charAt(at++);
      if (c == quote) {
        break;
      }
      if (c == '\\' && quote != '`') {
        flush(plain, bytes);
        escape(start, quote, bytes);
      } else {
        plain.append(c);
      }
    }
    flush(plain, bytes);
    return token(Token.Kind.STRING, start, decode(bytes.toByteArray()), 0);
  }

  private static void flush(StringBuilder plain, ByteArrayOutputStream to) {
    to.writeBytes(plain.toString().getBytes(StandardCharsets.UTF_8));
    plain.setLength(0);
  }

  /** Bytes that are not UTF-8 become U+FFFD. */
  private static String decode(byte[] bytes) {
    return StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes)).toString();
  }

  private void escape(int start, char quote, ByteArrayOutputStream to) {
    if (at == text.length()) {
      throw new Unreadable(start, "escape sequence not terminated");
    }
    char c = text.charAt(at++);
    switch (c) {
      case 'a' -> to.write(7);
      case 'b' -> to.write(8);
      case 'f' -> to.write(12);
      case 'n' -> to.write('\n');
      case 'r' -> to.write('\r');
      case 't' -> to.write('\t');
      case 'v' -> to.write(11);
      case '\\' -> to.write('\\');
      case 'x' -> to.write(code(start, 2, 16, 255));
      case 'u' -> point(code(start, 4, 16, Character.MAX_CODE_POINT), to);
      case 'U' -> point(code(start, 8, 16, Character.MAX_CODE_POINT), to);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        to.write(code(start, 3, 8, 255));
      }
      default -> {
        if (c != quote) {
          throw new Unreadable(start, "unknown escape sequence " + named(text.codePointAt(at - 1)));
        }
        to.write(c);
      }
    }
  }

  private int code(int start, int length, int radix, int most) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      if (at == text.length()) {
        throw new Unreadable(start, "escape sequence not terminated");
      }
      int point = text.codePointAt(at);
      int digit = point < 128 ? Character.digit(point, radix) : -1;
      if (digit < 0) {
        throw new Unreadable(start, "illegal character " + named(point) + " in escape sequence");
      }
      value = value * radix + digit;
      at++;
    }
    if (value > most || (value >= 0xD800 && value < 0xE000)) {
      throw new Unreadable(start, "escape sequence is an invalid Unicode code point");
    }
    return (int) value;
  }

  /** A character by its number, and as itself if it can be seen. */
  private static String named(int point) {
    String quoted = Labels.quoteCharacter(point);
    String number = String.format(Locale.ROOT, "U+%04X", point);
    boolean seen = !quoted.startsWith("'\\") || point == '\\' || point == '\'';
    return seen ? number + " '" + Character.toString(point) + "'" : number;
  }

  private static void point(int point, ByteArrayOutputStream to) {
    to.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
  }
}

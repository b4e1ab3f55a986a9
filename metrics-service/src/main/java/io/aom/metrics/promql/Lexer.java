package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts a query into tokens. Comments run from {@code #} to the end of the line. */
final class Lexer {
  private static final List<String> SIGNS =
      List.of(
          "=~", "!~", "!=", "==", ">=", "<=", ">/", "</", "(", ")", "{", "}", "[", "]", ",", "=",
          ">", "<", "+", "-", "*", "/", "%", "^", "@", ":");

  private final String text;
  private int at;
  private int brackets;
  private int braces;

  Lexer(String text) {
    this.text = text;
  }

  List<Token> tokens() {
    List<Token> tokens = new ArrayList<>();
    Token token;
    do {
      token = next();
      tokens.add(token);
    } while (token.kind() != Token.Kind.END);
    return tokens;
  }

  private Token next() {
    skipBlanks();
    int start = at;
    if (at == text.length()) {
      return new Token(Token.Kind.END, "", 0, new Span(start, start));
    }
    char c = text.charAt(at);
    if (digit(c) || (c == '.' && at + 1 < text.length() && digit(text.charAt(at + 1)))) {
      return number();
    }
    // In brackets a colon separates range and step; elsewhere it belongs to names.
    if (letter(c) || (c == ':' && brackets == 0 && braces == 0)) {
      while (at < text.length() && nameGoesOn(text.charAt(at))) {
        at++;
      }
      return word(start, text.substring(start, at));
    }
    if (c == '"' || c == '\'' || c == '`') {
      return string(c);
    }
    for (String sign : SIGNS) {
      if (text.startsWith(sign, at)) {
        at += sign.length();
        switch (sign) {
          case "[" -> brackets++;
          case "]" -> brackets--;
          case "{" -> braces++;
          case "}" -> braces--;
          default -> {}
        }
        return token(Token.Kind.SIGN, start, sign, 0);
      }
    }
    throw error(start, "unexpected character: " + Labels.quoteCharacter(text.codePointAt(at)));
  }

  /** A name; outside of braces Inf and NaN are numbers. */
  private Token word(int start, String word) {
    if (braces == 0 && word.equalsIgnoreCase("inf")) {
      return token(Token.Kind.NUMBER, start, word, Double.POSITIVE_INFINITY);
    }
    if (braces == 0 && word.equalsIgnoreCase("nan")) {
      return token(Token.Kind.NUMBER, start, word, Double.NaN);
    }
    return token(Token.Kind.IDENTIFIER, start, word, 0);
  }

  private boolean nameGoesOn(char c) {
    return letter(c) || digit(c) || (c == ':' && brackets == 0);
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
    if (text.charAt(at) == '0' && at + 1 < text.length() && (text.charAt(at + 1) | 32) == 'x') {
      at += 2;
      int from = at;
      while (at < text.length()
          && (Character.digit(text.charAt(at), 16) >= 0 || text.charAt(at) == '_')) {
        at++;
      }
      rejectLetterAfterNumber(start);
      try {
        String digits = text.substring(from, at).replace("_", "");
        return token(
            Token.Kind.NUMBER,
            start,
            text.substring(start, at),
            (double) Long.parseLong(digits, 16));
      } catch (NumberFormatException e) {
        throw error(start, "bad number or duration syntax: \"" + text.substring(start, at) + "\"");
      }
    }
    digits();
    if (at < text.length() && Durations.startsUnit(text, at)) {
      return duration(start);
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
    }
    if (at < text.length() && (text.charAt(at) | 32) == 'e') {
      int back = at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      int from = at;
      digits();
      if (from == at) {
        at = back;
      }
    }
    rejectLetterAfterNumber(start);
    String written = text.substring(start, at);
    try {
      return token(Token.Kind.NUMBER, start, written, decimal(written.replace("_", "")));
    } catch (NumberFormatException e) {
      throw error(start, "bad number or duration syntax: \"" + written + "\"");
    }
  }

  /** Decimal, or octal if it begins with 0 and has octal digits only, as in Go. */
  private static double decimal(String digits) {
    boolean octal = digits.length() > 1 && digits.charAt(0) == '0' && digits.length() < 22;
    for (int i = 0; i < digits.length() && octal; i++) {
      octal = digits.charAt(i) >= '0' && digits.charAt(i) <= '7';
    }
    return octal ? (double) Long.parseLong(digits, 8) : Double.parseDouble(digits);
  }

  private void digits() {
    while (at < text.length() && (digit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
  }

  private Token duration(int start) {
    while (at < text.length() && (digit(text.charAt(at)) || letter(text.charAt(at)))) {
      at++;
    }
    String written = text.substring(start, at);
    long millis = Durations.parseMillis(written);
    if (millis < 0) {
      throw error(start, "bad number or duration syntax: \"" + written + "\"");
    }
    return token(Token.Kind.DURATION, start, written, millis / 1000.0);
  }

  private void rejectLetterAfterNumber(int start) {
    if (at < text.length() && (letter(text.charAt(at)) || digit(text.charAt(at)))) {
      throw error(
          start, "bad number or duration syntax: \"" + text.substring(start, at + 1) + "\"");
    }
  }

  private Token string(char quote) {
    int start = at++;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringBuilder plain = new StringBuilder();
    while (true) {
      if (at == text.length() || (quote != '`' && text.charAt(at) == '\n')) {
        throw error(start, "unterminated quoted string");
      }
      char c = text.charAt(at++);
      if (c == quote) {
        break;
      }
      if (c == '\\' && quote != '`') {
        flush(plain, bytes);
        escape(quote, bytes);
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

  private void escape(char quote, ByteArrayOutputStream to) {
    int start = at - 1;
    if (at == text.length()) {
      throw error(start, "escape sequence not terminated");
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
      case 'x' -> to.write(code(start, 2, 16));
      case 'u' -> point(start, code(start, 4, 16), to);
      case 'U' -> point(start, code(start, 8, 16), to);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        to.write(code(start, 3, 8));
      }
      default -> {
        if (c != quote) {
          throw error(start, "unknown escape sequence '\\" + c + "'");
        }
        to.write(c);
      }
    }
  }

  private int code(int start, int length, int radix) {
    int end = at + length;
    try {
      long value = end > text.length() ? -1 : Long.parseLong(text.substring(at, end), radix);
      if (value < 0 || value > 0x10FFFF || (radix == 8 && value > 255)) {
        throw error(start, "escape sequence is an invalid code point");
      }
      at = end;
      return (int) value;
    } catch (NumberFormatException e) {
      throw error(start, "illegal character in escape sequence");
    }
  }

  private void point(int start, int point, ByteArrayOutputStream to) {
    if (point >= 0xD800 && point < 0xE000) {
      throw error(start, "escape sequence is an invalid Unicode code point");
    }
    to.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
  }

  private PromqlException error(int start, String message) {
    return TokenCursor.error(text, new Span(start, start), message);
  }
}

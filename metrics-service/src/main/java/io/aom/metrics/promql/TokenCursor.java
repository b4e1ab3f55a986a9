package io.aom.metrics.promql;

import java.util.List;

/** Where reading a query has got to. Errors say line and column. */
final class TokenCursor {
  /** As Prometheus says it. */
  private static final String UNCLOSED = "unclosed left parenthesis";

  private final String text;
  private final List<Token> tokens;
  private int at;
  private int depth;

  /**
   * @throws PromqlException if the query is too long, or no sequence of tokens
   */
  TokenCursor(String query) {
    this.text = query;
    if (query.length() > Parser.MAX_LENGTH) {
      throw error(
          new Span(Parser.MAX_LENGTH, Parser.MAX_LENGTH),
          "query has "
              + query.length()
              + " characters (expected: at most "
              + Parser.MAX_LENGTH
              + ")");
    }
    this.tokens = new Lexer(query).tokens();
  }

  static PromqlException error(String query, Span span, String message) {
    return new PromqlException(
        PromqlException.Kind.PARSE, span.position(query) + ": parse error: " + message);
  }

  PromqlException error(Span span, String message) {
    return error(text, span, message);
  }

  PromqlException unexpected(Token token) {
    return wrong(token, "unexpected " + token.described());
  }

  PromqlException unexpected(Token token, String expected) {
    return wrong(token, "unexpected " + token.described() + ", expected " + expected);
  }

  private PromqlException wrong(Token token, String message) {
    boolean unclosed = token.kind() == Token.Kind.END && endsInParenthesis();
    return error(token.span(), unclosed ? UNCLOSED : message);
  }

  /** Whether a parenthesis is the innermost of what is open where the query ends. */
  private boolean endsInParenthesis() {
    int closed = 0;
    for (Token token : tokens.reversed()) {
      if (token.is(")") || token.is("]") || token.is("}")) {
        closed++;
      } else if (token.is("(") || token.is("[") || token.is("{")) {
        if (closed == 0) {
          return token.is("(");
        }
        closed--;
      }
    }
    return false;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  Token take() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  boolean accept(String sign) {
    if (peek().is(sign)) {
      at++;
      return true;
    }
    return false;
  }

  Token expect(String sign, String context) {
    Token token = peek();
    if (!token.is(sign)) {
      throw unexpected(token, "\"" + sign + "\" in " + context);
    }
    return take();
  }

  void expectEnd() {
    if (peek().kind() != Token.Kind.END) {
      throw unexpected(peek());
    }
  }

  /** From {@code start} to the end of the last token taken. */
  Span since(int start) {
    return new Span(start, at == 0 ? start : tokens.get(at - 1).span().end());
  }

  /** Enters a level of nesting; {@link #leave} goes back. */
  void enter() {
    if (++depth > Parser.MAX_DEPTH) {
      throw error(
          peek().span(),
          "query nests too deeply (expected: at most " + Parser.MAX_DEPTH + " levels)");
    }
  }

  void leave() {
    depth--;
  }

  /** A number, a duration in seconds, Inf or NaN, perhaps with a sign before it. */
  double signedNumber(String what) {
    boolean negative = false;
    if (peek().is("-") || peek().is("+")) {
      negative = take().is("-");
    }
    Token token = take();
    if (!token.isNumber()) {
      throw unexpected(token, what);
    }
    return negative ? -token.number() : token.number();
  }
}

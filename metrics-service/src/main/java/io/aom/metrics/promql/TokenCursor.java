package io.aom.metrics.promql;

import java.util.List;
import java.util.function.Supplier;

/** Where reading a query has got to. Errors say line and column. */
final class TokenCursor {
  private final String text;
  private final List<Token> tokens;
  private int at;
  private int depth;
  private int aggregations;

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

  /** A refusal of what stands where something else is needed. */
  PromqlException unexpected(Token token) {
    return unexpected(token, aggregations > 0 ? " in aggregation" : "");
  }

  PromqlException unexpected(Token token, String context, String expected) {
    return unexpected(token, " in " + context + ", expected " + expected);
  }

  private PromqlException unexpected(Token token, String behind) {
    String message =
        token.kind() == Token.Kind.ERROR
            ? token.text()
            : "unexpected " + token.described(text) + behind;
    return error(token.span(), message);
  }

  /** Enters an aggregation, which refusals name; {@link #leaveAggregation} goes back. */
  void enterAggregation() {
    aggregations++;
  }

  void leaveAggregation() {
    aggregations--;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  Token take() {
    Token token = tokens.get(at);
    if (at < tokens.size() - 1) {
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

  Token expect(String sign) {
    if (!peek().is(sign)) {
      throw unexpected(peek());
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

  /**
   * A number, a duration in seconds, Inf or NaN, perhaps with a sign before it.
   *
   * @param refusal of what stands in the place of the number
   */
  double signedNumber(Supplier<PromqlException> refusal) {
    boolean negative = peek().is("-");
    if (negative || peek().is("+")) {
      take();
    }
    if (!peek().isNumber()) {
      throw refusal.get();
    }
    double number = take().number();
    return negative ? -number : number;
  }

  /** The query as it was written. */
  String text() {
    return text;
  }
}

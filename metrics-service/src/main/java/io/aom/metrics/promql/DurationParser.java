package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.TimeShift;

/** Reads durations, which may be calculated, and what follows {@code @} and {@code offset}. */
final class DurationParser {
  private static final double MOST_SECONDS = 9.2e9; // what Prometheus counts nanoseconds of

  private final TokenCursor in;

  DurationParser(TokenCursor in) {
    this.in = in;
  }

  /** What stands behind {@code [} or {@code :}; a literal must be above 0. */
  DurationExpr positive() {
    Token first = in.peek();
    DurationExpr duration = duration(0);
    if (duration instanceof DurationExpr.Literal literal && literal.value() <= 0) {
      throw in.error(first.span(), "duration must be greater than 0");
    }
    return duration;
  }

  /**
   * What follows {@code offset}: a sign and one operand. As in Prometheus a calculation needs no
   * parentheses of its own where it begins with one, or with two signs.
   */
  DurationExpr offset() {
    boolean signed = in.peek().is("-") || in.peek().is("+");
    Token second = in.peek(1);
    if (in.peek().is("(") || (signed && (second.is("-") || second.is("+")))) {
      return duration(0);
    }
    if (signed) {
      Token sign = in.take();
      return signed(sign, operand());
    }
    return operand();
  }

  private static DurationExpr signed(Token sign, DurationExpr operand) {
    return sign.is("-") ? operand.negated(sign.span().start()) : operand;
  }

  private DurationExpr duration(int weakest) {
    in.enter();
    DurationExpr left;
    if (in.peek().is("-") || in.peek().is("+")) {
      Token sign = in.take();
      left = signed(sign, duration(BinaryOperator.MULTIPLY.precedence()));
    } else {
      left = operand();
    }
    while (true) {
      Token token = in.peek();
      BinaryOperator operator = BinaryOperator.find(token);
      if (operator == null
          || operator.text().length() != 1
          || operator.precedence() <= weakest
          || operator.comparison()
          || !begins(in.peek(1))) {
        in.leave();
        return left;
      }
      in.take();
      int next =
          operator == BinaryOperator.POWER ? operator.precedence() - 1 : operator.precedence();
      DurationExpr right = duration(next);
      boolean divides = operator == BinaryOperator.DIVIDE || operator == BinaryOperator.MODULO;
      if (divides && right instanceof DurationExpr.Literal literal && literal.value() == 0) {
        throw in.error(
            token.span(),
            operator == BinaryOperator.DIVIDE ? "division by zero" : "modulo by zero");
      }
      left = new DurationExpr.Calculated(operator.text().charAt(0), left, right);
    }
  }

  /** Whether a duration may begin so; what stands behind an offset may also be a vector. */
  private static boolean begins(Token token) {
    return token.isNumber()
        || token.is("(")
        || token.is("-")
        || token.is("+")
        || token.isWord("step")
        || token.isWord("range")
        || token.isWord("min_of")
        || token.isWord("max_of");
  }

  private DurationExpr operand() {
    Token token = in.take();
    if (token.kind() == Token.Kind.NUMBER || token.kind() == Token.Kind.DURATION) {
      if (!(Math.abs(token.number()) <= MOST_SECONDS)) {
        throw in.error(token.span(), "duration out of range");
      }
      return new DurationExpr.Literal(
          token.number(), token.kind() == Token.Kind.DURATION, token.span());
    }
    if (token.is("(")) {
      DurationExpr inner = duration(0);
      Token close = in.expect(")", "duration");
      boolean number = inner instanceof DurationExpr.Literal;
      return new DurationExpr.Enclosed(
          inner, number ? token.span().to(close.span()) : inner.span());
    }
    if ((token.isWord("step") || token.isWord("range")) && in.accept("(")) {
      Token close = in.expect(")", "duration");
      return new DurationExpr.OfQuery(token.isWord("step"), token.span().to(close.span()));
    }
    if ((token.isWord("min_of") || token.isWord("max_of")) && in.accept("(")) {
      DurationExpr left = duration(0);
      in.expect(",", "duration");
      DurationExpr right = duration(0);
      in.expect(")", "duration");
      return new DurationExpr.Extreme(token.isWord("min_of"), left, right);
    }
    throw in.unexpected(token, "number, duration, step(), or range()");
  }

  /** What follows {@code @}. */
  TimeShift.At time() {
    Token token = in.peek();
    if ((token.isWord("start") || token.isWord("end")) && in.peek(1).is("(")) {
      in.take();
      in.take();
      in.expect(")", "@");
      return new TimeShift.AtEdge(token.isWord("start"));
    }
    double seconds = in.signedNumber("timestamp in @");
    if (!(Math.abs(seconds) < 9.2e15)) {
      throw in.error(token.span(), "timestamp out of bounds for @ modifier: " + seconds);
    }
    return new TimeShift.AtTime(seconds);
  }
}

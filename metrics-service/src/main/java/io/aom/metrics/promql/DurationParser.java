package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.TimeShift;
import java.util.Locale;

/** Reads durations, which may be calculated, and what follows {@code @} and {@code offset}. */
final class DurationParser {
  private static final String ANY = "number, duration, step(), or range()";
  private static final double MOST_SECONDS = 9.2e9; // what Prometheus counts nanoseconds of

  /** In one duration: each may lie a level deeper, and the levels are descended. */
  private static final int MAX_OPERATORS = 64;

  private final TokenCursor in;

  /** What refusals say of where a duration stands, and what is needed there. */
  private String context = "";

  private String expected = "";

  /** Brackets and parentheses around; without any, what follows may be no duration any more. */
  private int enclosures;

  private int operators;

  DurationParser(TokenCursor in) {
    this.in = in;
  }

  /** What stands behind {@code [}; a literal must be above 0. */
  DurationExpr range() {
    context = "subquery or range selector";
    expected = ANY;
    return positive();
  }

  /** What stands behind {@code :} in brackets, unless they end there. */
  DurationExpr step() {
    context = "subquery selector";
    expected = "number, duration, step(), range(), or \"]\"";
    return positive();
  }

  private DurationExpr positive() {
    Token first = in.peek();
    enclosures = 1;
    operators = 0;
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
    context = "offset";
    expected = ANY;
    enclosures = 0;
    operators = 0;
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
          || (enclosures == 0 && !begins(in.peek(1)))) {
        in.leave();
        return left;
      }
      if (++operators > MAX_OPERATORS) {
        throw in.error(
            token.span(),
            "too many operators in a duration (expected: at most " + MAX_OPERATORS + ")");
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
    Token token = in.peek();
    if (token.isNumber()) {
      in.take();
      if (!(Math.abs(token.number()) <= MOST_SECONDS)) {
        throw in.error(token.span(), "duration out of range");
      }
      return new DurationExpr.Literal(
          token.number(), token.kind() == Token.Kind.DURATION, token.span());
    }
    if (in.accept("(")) {
      enclosures++;
      DurationExpr inner = duration(0);
      Token close = take(")");
      enclosures--;
      boolean number = inner instanceof DurationExpr.Literal;
      return new DurationExpr.Enclosed(
          inner, number ? token.span().to(close.span()) : inner.span());
    }
    boolean extreme = token.isWord("min_of") || token.isWord("max_of");
    if (!extreme && !token.isWord("step") && !token.isWord("range")) {
      throw unexpected();
    }
    in.take();
    take("(");
    if (extreme) {
      enclosures++;
      DurationExpr left = duration(0);
      take(",");
      DurationExpr right = duration(0);
      take(")");
      enclosures--;
      return new DurationExpr.Extreme(token.isWord("min_of"), left, right);
    }
    Token close = take(")");
    return new DurationExpr.OfQuery(token.isWord("step"), token.span().to(close.span()));
  }

  private Token take(String sign) {
    if (!in.peek().is(sign)) {
      throw unexpected();
    }
    return in.take();
  }

  private PromqlException unexpected() {
    return in.unexpected(in.peek(), context, expected);
  }

  /**
   * What follows {@code @}.
   *
   * @param of where the expression before it stands
   */
  TimeShift.At time(Span of) {
    context = "@";
    expected = "timestamp";
    Token token = in.peek();
    if (token.isWord("start") || token.isWord("end")) {
      in.take();
      take("(");
      take(")");
      return new TimeShift.AtEdge(token.isWord("start"));
    }
    double seconds = in.signedNumber(this::unexpected);
    if (!(Math.abs(seconds) < 9.2e15)) {
      throw in.error(
          of,
          "timestamp out of bounds for @ modifier: "
              + (Double.isFinite(seconds)
                  ? String.format(Locale.ROOT, "%f", seconds)
                  : Numbers.format(seconds)));
    }
    return new TimeShift.AtTime(seconds);
  }
}

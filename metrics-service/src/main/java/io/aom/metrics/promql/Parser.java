package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.Reach;
import io.aom.metrics.promql.Expr.TimeShift;
import io.aom.metrics.promql.VectorMatching.Cardinality;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads PromQL by operator precedence (Pratt). Errors say line and column. A query has at most
 * {@link #MAX_LENGTH} characters and nests at most {@link #MAX_DEPTH} deep, so that no text can
 * exhaust the stack, as long as chains of operators are walked ({@link Expr#chain}); reading takes
 * time in proportion to its length.
 */
public final class Parser {
  public static final int MAX_LENGTH = 1 << 16;
  public static final int MAX_DEPTH = 64;

  /** Modifiers that may follow each other. */
  private static final int MAX_CHAIN = 1000;

  private final TokenCursor in;
  private final SelectorParser selectors;
  private final DurationParser durations;
  private final TypeChecks checks;

  private Parser(String text) {
    in = new TokenCursor(text);
    selectors = new SelectorParser(in);
    durations = new DurationParser(in);
    checks = new TypeChecks(in);
  }

  /**
   * @throws PromqlException of kind {@link PromqlException.Kind#PARSE}
   */
  public static Expr parse(String query) {
    Parser parser = new Parser(query);
    if (parser.in.peek().kind() == Token.Kind.END) {
      throw parser.in.error(new Span(0, 0), "no expression found in input");
    }
    Expr expr = parser.expression(0);
    parser.in.expectEnd();
    parser.checks.check(expr);
    return expr;
  }

  /** Reads a series selector without time, as {@code match[]} gives it. */
  public static List<LabelMatcher> parseSelector(String selector) {
    Parser parser = new Parser(selector);
    Token first = parser.in.peek();
    if (!(first.kind() == Token.Kind.IDENTIFIER || first.is("{"))) {
      throw parser.in.unexpected(first);
    }
    Expr.VectorSelector parsed = parser.selectors.selector();
    parser.in.expectEnd();
    parser.checks.selector(parsed);
    return parsed.matchers();
  }

  private Expr expression(int weakest) {
    in.enter();
    Expr left = postfix(prefix());
    while (true) {
      BinaryOperator operator = BinaryOperator.find(in.peek());
      if (operator == null || operator.precedence() <= weakest) {
        in.leave();
        return left;
      }
      left = binary(operator, left);
    }
  }

  private Expr binary(BinaryOperator operator, Expr left) {
    in.take();
    boolean bool = in.peek().isWord("bool");
    if (bool) {
      in.take();
    }
    VectorMatching matching = matching();
    // A power binds to the right, all else to the left.
    int weakest =
        operator == BinaryOperator.POWER ? operator.precedence() - 1 : operator.precedence();
    Expr right = expression(weakest);
    Span span = left.span().to(right.span());
    boolean vectors = left.type() == ValueType.VECTOR && right.type() == ValueType.VECTOR;
    if (vectors && operator.set() && matching.cardinality() == Cardinality.ONE_TO_ONE) {
      matching =
          new VectorMatching(
              Cardinality.MANY_TO_MANY, matching.on(), matching.labels(), List.of(), null, null);
    }
    return new Expr.Binary(operator, left, right, bool, matching, span);
  }

  private VectorMatching matching() {
    boolean on = in.peek().isWord("on");
    List<String> labels = List.of();
    Cardinality cardinality = Cardinality.ONE_TO_ONE;
    List<String> include = List.of();
    if (on || in.peek().isWord("ignoring")) {
      in.take();
      labels = selectors.labelNames();
      if (in.peek().isWord("group_left") || in.peek().isWord("group_right")) {
        Token group = in.take();
        cardinality =
            group.isWord("group_left") ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
        include = in.peek().is("(") ? selectors.labelNames() : List.of();
      }
    }
    Double left = null;
    Double right = null;
    while (fills()) {
      String word = in.peek().text().toLowerCase(Locale.ROOT);
      boolean leftSet = left != null && !word.equals("fill_right");
      boolean rightSet = right != null && !word.equals("fill_left");
      if (leftSet || rightSet) {
        throw in.unexpected(in.peek());
      }
      in.take();
      in.expect("(");
      double value = in.signedNumber(() -> in.unexpected(in.peek()));
      in.expect(")");
      left = word.equals("fill_right") ? left : Double.valueOf(value);
      right = word.equals("fill_left") ? right : Double.valueOf(value);
    }
    return new VectorMatching(cardinality, on, labels, include, left, right);
  }

  private boolean fills() {
    Token token = in.peek();
    return in.peek(1).is("(")
        && (token.isWord("fill") || token.isWord("fill_left") || token.isWord("fill_right"));
  }

  private Expr prefix() {
    Token token = in.peek();
    switch (token.kind()) {
      case NUMBER, DURATION -> {
        in.take();
        return new Expr.NumberLiteral(
            token.number(), token.kind() == Token.Kind.DURATION, token.span());
      }
      case STRING -> {
        in.take();
        return new Expr.TextLiteral(token.text(), token.span());
      }
      case IDENTIFIER -> {
        return word(token);
      }
      default -> {}
    }
    if (token.is("-") || token.is("+")) {
      return signed(in.take());
    }
    if (in.accept("(")) {
      Expr inner = expression(0);
      Token close = in.expect(")");
      return new Expr.Paren(inner, token.span().to(close.span()));
    }
    if (token.is("{")) {
      return selectors.selector();
    }
    throw in.unexpected(token);
  }

  /** A sign binds weaker than a power and stronger than the rest. */
  private Expr signed(Token sign) {
    Expr operand = expression(BinaryOperator.MULTIPLY.precedence());
    Span span = sign.span().to(operand.span());
    boolean negative = sign.is("-");
    if (operand instanceof Expr.NumberLiteral number) {
      return new Expr.NumberLiteral(
          negative ? -number.value() : number.value(), number.isDuration(), span);
    }
    return new Expr.Unary(negative, operand, span);
  }

  private Expr word(Token token) {
    boolean called = in.peek(1).is("(") && !token.isKeyword();
    Aggregation aggregation = Aggregation.find(token.text());
    boolean grouped = in.peek(1).isWord("by") || in.peek(1).isWord("without");
    if (aggregation != null && (called || grouped)) {
      return aggregate(aggregation);
    }
    return called ? call(token) : selectors.selector();
  }

  private Expr aggregate(Aggregation operation) {
    Token name = in.take();
    in.enterAggregation();
    List<String> labels = null;
    boolean without = false;
    if (!in.peek().is("(")) {
      without = in.take().isWord("without");
      labels = selectors.labelNames();
    }
    in.expect("(");
    List<Expr> arguments = arguments();
    if (labels == null && (in.peek().isWord("by") || in.peek().isWord("without"))) {
      without = in.take().isWord("without");
      labels = selectors.labelNames();
    }
    in.leaveAggregation();
    Span span = in.since(name.span().start());
    checks.arguments(operation, arguments.size(), span);
    boolean parametrised = operation.parametrised();
    return new Expr.Aggregate(
        operation,
        arguments.get(parametrised ? 1 : 0),
        parametrised ? arguments.get(0) : null,
        labels == null ? List.of() : labels,
        without,
        span);
  }

  private List<Expr> arguments() {
    List<Expr> arguments = new ArrayList<>();
    if (in.accept(")")) {
      return arguments;
    }
    arguments.add(expression(0));
    while (in.peek().is(",")) {
      Token comma = in.take();
      if (in.peek().is(")")) {
        throw in.error(comma.span(), "trailing commas not allowed in function call args");
      }
      arguments.add(expression(0));
    }
    in.expect(")");
    return arguments;
  }

  private Expr call(Token name) {
    in.take();
    in.take();
    List<Expr> arguments = arguments();
    Function function = Function.find(name.text());
    if (function == null) {
      throw in.error(name.span(), "unknown function with name " + Labels.quote(name.text()));
    }
    return new Expr.Call(function, arguments, in.since(name.span().start()));
  }

  /** Ranges, subqueries, offsets, {@code @}, anchored and smoothed behind an expression. */
  private Expr postfix(Expr operand) {
    Expr expr = operand;
    int chain = 0;
    while (++chain <= MAX_CHAIN) {
      Token token = in.peek();
      if (token.is("[")) {
        expr = range(expr);
      } else if (token.isWord("offset")) {
        in.take();
        expr = shifted(expr, null, durations.offset());
      } else if (token.is("@")) {
        in.take();
        expr = shifted(expr, durations.time(expr.span()), null);
      } else if (token.isWord("anchored") || token.isWord("smoothed")) {
        in.take();
        expr = reaching(expr, token.isWord("anchored") ? Reach.ANCHORED : Reach.SMOOTHED);
      } else {
        return expr;
      }
    }
    throw in.error(in.peek().span(), "too many modifiers (expected: at most " + MAX_CHAIN + ")");
  }

  private Expr range(Expr expr) {
    Token open = in.take();
    DurationExpr range = durations.range();
    if (in.accept(":")) {
      DurationExpr step = in.peek().is("]") ? null : durations.step();
      if (!in.accept("]")) {
        throw in.unexpected(in.peek(), "subquery selector", "\"]\"");
      }
      return new Expr.Subquery(expr, range, step, TimeShift.NONE, in.since(expr.span().start()));
    }
    if (!in.accept("]")) {
      throw in.unexpected(in.peek(), "subquery or range", "\":\" or \"]\"");
    }
    if (!(expr instanceof Expr.VectorSelector selector)) {
      throw in.error(open.span(), "ranges only allowed for vector selectors");
    }
    if (selector.shift().isMoved()) {
      throw in.error(open.span(), "no offset modifiers allowed before range");
    }
    if (selector.shift().at() != null) {
      throw in.error(open.span(), "no @ modifiers allowed before range");
    }
    return new Expr.MatrixSelector(selector, range, in.since(expr.span().start()));
  }

  private Expr shifted(Expr expr, TimeShift.@Nullable At at, @Nullable DurationExpr offset) {
    TimeShift old =
        switch (expr) {
          case Expr.VectorSelector selector -> selector.shift();
          case Expr.MatrixSelector matrix -> matrix.selector().shift();
          case Expr.Subquery subquery -> subquery.shift();
          default ->
              throw in.error(
                  expr.span(),
                  (at == null ? "offset" : "@")
                      + " modifier must be preceded by an instant vector selector or range vector"
                      + " selector or a subquery");
        };
    if (at != null && old.at() != null) {
      throw in.error(expr.span(), "@ <timestamp> may not be set multiple times");
    }
    if (offset != null && old.isMoved()) {
      throw in.error(expr.span(), "offset may not be set multiple times");
    }
    TimeShift shift =
        new TimeShift(at == null ? old.at() : at, offset == null ? old.offset() : offset);
    Span span = in.since(expr.span().start());
    return switch (expr) {
      case Expr.VectorSelector selector -> selector.with(shift, span);
      case Expr.MatrixSelector(Expr.VectorSelector selector, DurationExpr range, Span ignored) ->
          new Expr.MatrixSelector(selector.with(shift, selector.span()), range, span);
      case Expr.Subquery subquery ->
          new Expr.Subquery(subquery.expr(), subquery.range(), subquery.step(), shift, span);
      default -> throw new IllegalStateException("unreachable");
    };
  }

  private Expr reaching(Expr expr, Reach reach) {
    String word = reach.name().toLowerCase(Locale.ROOT);
    Expr.VectorSelector selector =
        switch (expr) {
          case Expr.VectorSelector one -> one;
          case Expr.MatrixSelector matrix -> matrix.selector();
          case Expr.Subquery subquery ->
              throw in.error(subquery.span(), word + " modifier is not supported for subqueries");
          default -> throw in.error(expr.span(), word + " modifier not implemented");
        };
    if (selector.reach() != Reach.PLAIN && selector.reach() != reach) {
      throw in.error(expr.span(), "anchored and smoothed modifiers cannot be used together");
    }
    return expr instanceof Expr.MatrixSelector matrix
        ? new Expr.MatrixSelector(
            selector.with(reach, selector.span()), matrix.range(), in.since(matrix.span().start()))
        : selector.with(reach, in.since(selector.span().start()));
  }
}

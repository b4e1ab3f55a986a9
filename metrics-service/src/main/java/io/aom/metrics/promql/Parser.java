package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.Reach;
import io.aom.metrics.promql.Expr.TimeShift;
import io.aom.metrics.promql.VectorMatching.Cardinality;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads PromQL by operator precedence (Pratt). Errors say line and column. A query has at most
 * {@link #MAX_LENGTH} characters and nests at most {@link #MAX_DEPTH} deep, so that no text can
 * exhaust the stack.
 */
public final class Parser {
  public static final int MAX_LENGTH = 1 << 16;
  public static final int MAX_DEPTH = 64;

  private static final Set<String> WORD_OPERATORS = Set.of("and", "or", "unless", "atan2");
  private final String text;
  private final List<Token> tokens;
  private int at;
  private int depth;

  private Parser(String text) {
    this.text = text;
    this.tokens = new Lexer(text).tokens();
  }

  /**
   * @throws PromqlException of kind {@link PromqlException.Kind#PARSE}
   */
  public static Expr parse(String query) {
    checkLength(query);
    Parser parser = new Parser(query);
    if (parser.peek().kind() == Token.Kind.END) {
      throw error(query, parser.peek().span(), "no expression found in input");
    }
    Expr expr = parser.expression(0);
    parser.expectEnd();
    return expr;
  }

  /** Reads a series selector without time, as {@code match[]} gives it. */
  public static List<LabelMatcher> parseSelector(String selector) {
    checkLength(selector);
    Parser parser = new Parser(selector);
    Token first = parser.peek();
    if (!(first.kind() == Token.Kind.IDENTIFIER || first.is("{"))) {
      throw parser.unexpected(first, "a series selector");
    }
    Expr.VectorSelector parsed = parser.selector();
    parser.expectEnd();
    return parsed.matchers();
  }

  private static void checkLength(String query) {
    if (query.length() > MAX_LENGTH) {
      throw error(
          query,
          new Span(MAX_LENGTH, MAX_LENGTH),
          "query has " + query.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
  }

  static PromqlException error(String query, Span span, String message) {
    return new PromqlException(
        PromqlException.Kind.PARSE, span.position(query) + ": parse error: " + message);
  }

  private PromqlException error(Span span, String message) {
    return error(text, span, message);
  }

  private PromqlException unexpected(Token token, String expected) {
    return error(token.span(), "unexpected " + token.described() + ", expected " + expected);
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  private Token take() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  private boolean accept(String sign) {
    if (peek().is(sign)) {
      at++;
      return true;
    }
    return false;
  }

  private Token expect(String sign, String context) {
    Token token = peek();
    if (!token.is(sign)) {
      throw unexpected(token, "\"" + sign + "\" in " + context);
    }
    return take();
  }

  private void expectEnd() {
    if (peek().kind() != Token.Kind.END) {
      throw error(peek().span(), "unexpected " + peek().described());
    }
  }

  private Span since(int start) {
    return new Span(start, at == 0 ? start : tokens.get(at - 1).span().end());
  }

  private void deeper(Token token) {
    if (++depth > MAX_DEPTH) {
      throw error(
          token.span(), "query nests too deeply (expected: at most " + MAX_DEPTH + " levels)");
    }
  }

  private Expr expression(int weakest) {
    deeper(peek());
    Expr left = postfix(prefix());
    int chain = 0;
    while (true) {
      BinaryOperator operator = BinaryOperator.find(peek());
      if (operator == null || operator.precedence() <= weakest) {
        depth--;
        return left;
      }
      if (++chain > 1000) {
        throw error(peek().span(), "too many operators in a row (expected: at most 1000)");
      }
      left = binary(operator, left);
    }
  }

  private Expr binary(BinaryOperator operator, Expr left) {
    Token sign = take();
    boolean bool = false;
    if (peek().isWord("bool")) {
      take();
      bool = true;
      if (!operator.comparison()) {
        throw error(sign.span(), "bool modifier can only be used on comparison operators");
      }
    }
    VectorMatching matching = matching();
    // A power binds to the right, all else to the left.
    int weakest =
        operator == BinaryOperator.POWER ? operator.precedence() - 1 : operator.precedence();
    Expr right = expression(weakest);
    Span span = left.span().to(right.span());
    checkOperands(operator, left, right, bool, matching, span);
    if (left.type() == ValueType.VECTOR && right.type() == ValueType.VECTOR && operator.set()) {
      matching =
          new VectorMatching(
              Cardinality.MANY_TO_MANY, matching.on(), matching.labels(), List.of(), null, null);
    }
    return new Expr.Binary(operator, left, right, bool, matching, span);
  }

  private void checkOperands(
      BinaryOperator operator,
      Expr left,
      Expr right,
      boolean bool,
      VectorMatching matching,
      Span span) {
    for (Expr side : List.of(left, right)) {
      if (side.type() != ValueType.SCALAR && side.type() != ValueType.VECTOR) {
        throw error(
            side.span(), "binary expression must contain only scalar and instant vector types");
      }
    }
    boolean bothScalar = left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR;
    boolean bothVector = left.type() == ValueType.VECTOR && right.type() == ValueType.VECTOR;
    if (operator.comparison() && bothScalar && !bool) {
      throw error(span, "comparisons between scalars must use BOOL modifier");
    }
    if (operator.set() && !bothVector) {
      throw error(
          span, "set operator \"" + operator.text() + "\" not allowed in binary scalar expression");
    }
    if (!bothVector) {
      if (!matching.labels().isEmpty() || matching.on()) {
        throw error(span, "vector matching only allowed between instant vectors");
      }
      if (matching.fillLeft() != null || matching.fillRight() != null) {
        throw error(span, "filling in missing series only allowed between instant vectors");
      }
    }
    if (operator.set()
        && (matching.cardinality() == Cardinality.MANY_TO_ONE
            || matching.cardinality() == Cardinality.ONE_TO_MANY)) {
      throw error(span, "no grouping allowed for \"" + operator.text() + "\" operation");
    }
    if (operator.set() && (matching.fillLeft() != null || matching.fillRight() != null)) {
      throw error(span, "filling in missing series not allowed for set operators");
    }
  }

  private VectorMatching matching() {
    boolean on = peek().isWord("on");
    List<String> labels = List.of();
    if (on || peek().isWord("ignoring")) {
      take();
      labels = labelNames();
    } else if (!fills()) {
      return VectorMatching.DEFAULT;
    }
    Cardinality cardinality = Cardinality.ONE_TO_ONE;
    List<String> include = List.of();
    if (peek().isWord("group_left") || peek().isWord("group_right")) {
      cardinality = take().isWord("group_left") ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
      Span span = peek().span();
      include = peek().is("(") ? labelNames() : List.of();
      for (String label : include) {
        if (on && labels.contains(label)) {
          throw error(
              span, "label \"" + label + "\" must not occur in ON and GROUP clause at once");
        }
      }
    }
    Double left = null;
    Double right = null;
    while (fills()) {
      String word = take().text().toLowerCase(Locale.ROOT);
      expect("(", "fill modifier");
      double value = signedNumber("a number in the fill modifier");
      expect(")", "fill modifier");
      left = word.equals("fill_right") ? left : Double.valueOf(value);
      right = word.equals("fill_left") ? right : Double.valueOf(value);
    }
    return new VectorMatching(cardinality, on, labels, include, left, right);
  }

  private boolean fills() {
    Token token = peek();
    return peek(1).is("(")
        && (token.isWord("fill") || token.isWord("fill_left") || token.isWord("fill_right"));
  }

  private double signedNumber(String what) {
    boolean negative = false;
    if (peek().is("-") || peek().is("+")) {
      negative = take().is("-");
    }
    Token token = take();
    double value;
    if (token.kind() == Token.Kind.NUMBER || token.kind() == Token.Kind.DURATION) {
      value = token.number();
    } else if (token.isWord("inf")) {
      value = Double.POSITIVE_INFINITY;
    } else if (token.isWord("nan")) {
      value = Double.NaN;
    } else {
      throw unexpected(token, what);
    }
    return negative ? -value : value;
  }

  private List<String> labelNames() {
    expect("(", "grouping opts");
    List<String> names = new ArrayList<>();
    while (!peek().is(")")) {
      Token token = take();
      if (token.kind() == Token.Kind.STRING && !token.text().isEmpty()) {
        names.add(token.text());
      } else if (token.kind() == Token.Kind.IDENTIFIER && plainName(token.text())) {
        names.add(token.text());
      } else {
        throw unexpected(token, "a label name in grouping opts");
      }
      if (!accept(",")) {
        break;
      }
    }
    expect(")", "grouping opts");
    return names;
  }

  private Expr prefix() {
    Token token = peek();
    switch (token.kind()) {
      case NUMBER, DURATION -> {
        take();
        return new Expr.NumberLiteral(token.number(), token.text(), token.span());
      }
      case STRING -> {
        take();
        return new Expr.TextLiteral(token.text(), token.span());
      }
      case IDENTIFIER -> {
        return word(token);
      }
      default -> {}
    }
    if (token.is("-") || token.is("+")) {
      take();
      // A sign binds weaker than a power and stronger than the rest.
      Expr operand = expression(BinaryOperator.MULTIPLY.precedence());
      if (operand.type() != ValueType.SCALAR && operand.type() != ValueType.VECTOR) {
        throw error(
            operand.span(),
            "unary expression only allowed on expressions of type scalar or instant vector, got "
                + Labels.quote(operand.type().text()));
      }
      return new Expr.Unary(token.is("-"), operand, token.span().to(operand.span()));
    }
    if (accept("(")) {
      Expr inner = expression(0);
      Token close = expect(")", "paren expression");
      return new Expr.Paren(inner, token.span().to(close.span()));
    }
    if (token.is("{")) {
      return selector();
    }
    throw error(token.span(), "unexpected " + token.described());
  }

  private Expr word(Token token) {
    Aggregation aggregation = Aggregation.find(token.text());
    if (aggregation != null
        && (peek(1).is("(")
            || ((peek(1).isWord("by") || peek(1).isWord("without")) && peek(2).is("(")))) {
      return aggregate(aggregation);
    }
    if (peek(1).is("(")) {
      return call(token);
    }
    if (token.isWord("inf") || token.isWord("nan")) {
      take();
      return new Expr.NumberLiteral(
          token.isWord("inf") ? Double.POSITIVE_INFINITY : Double.NaN,
          token.isWord("inf") ? "Inf" : "NaN",
          token.span());
    }
    if (WORD_OPERATORS.contains(token.text().toLowerCase(Locale.ROOT)) && !peek(1).is("{")) {
      throw error(token.span(), "unexpected <op:" + token.text() + ">");
    }
    return selector();
  }

  private Expr aggregate(Aggregation operation) {
    Token name = take();
    List<String> labels = null;
    boolean without = false;
    if (!peek().is("(")) {
      without = take().isWord("without");
      labels = labelNames();
    }
    Token open = expect("(", "aggregation");
    List<Expr> arguments = arguments("aggregation");
    if (labels == null && (peek().isWord("by") || peek().isWord("without")) && peek(1).is("(")) {
      without = take().isWord("without");
      labels = labelNames();
    }
    Span span = since(name.span().start());
    int wanted = operation.parametrised() ? 2 : 1;
    if (arguments.size() != wanted) {
      throw error(
          arguments.isEmpty() ? open.span() : span,
          "wrong number of arguments for aggregate expression provided, expected "
              + wanted
              + ", got "
              + arguments.size());
    }
    Expr expr = arguments.get(wanted - 1);
    Expr parameter = wanted == 2 ? arguments.get(0) : null;
    expectType(expr, ValueType.VECTOR, "aggregation expression");
    if (parameter != null) {
      expectType(
          parameter,
          operation == Aggregation.COUNT_VALUES ? ValueType.STRING : ValueType.SCALAR,
          "aggregation parameter");
    }
    return new Expr.Aggregate(
        operation, expr, parameter, labels == null ? List.of() : labels, without, span);
  }

  private List<Expr> arguments(String context) {
    List<Expr> arguments = new ArrayList<>();
    if (!peek().is(")")) {
      do {
        if (peek().is(")") && !arguments.isEmpty()) {
          throw error(peek().span(), "trailing commas not allowed in function call args");
        }
        arguments.add(expression(0));
      } while (accept(","));
    }
    expect(")", context);
    return arguments;
  }

  private Expr call(Token name) {
    Function function = Function.find(name.text());
    if (function == null) {
      function = Function.find(name.text().toLowerCase(Locale.ROOT));
    }
    if (function == null) {
      throw error(name.span(), "unknown function with name " + Labels.quote(name.text()));
    }
    take();
    take();
    List<Expr> arguments = arguments("function call");
    Span span = since(name.span().start());
    if (arguments.size() < function.fewest() || arguments.size() > function.most()) {
      String bound =
          function.fewest() == function.most()
              ? "expected " + function.fewest() + " argument(s)"
              : arguments.size() < function.fewest()
                  ? "expected at least " + function.fewest() + " argument(s)"
                  : "expected at most " + function.most() + " argument(s)";
      throw error(
          span,
          bound + " in call to " + Labels.quote(function.text()) + ", got " + arguments.size());
    }
    for (int i = 0; i < arguments.size(); i++) {
      expectType(
          arguments.get(i),
          function.parameter(i),
          "call to function " + Labels.quote(function.text()));
    }
    if (function == Function.INFO
        && arguments.size() == 2
        && !(arguments.get(1) instanceof Expr.VectorSelector)) {
      throw error(
          arguments.get(1).span(), "expected label selectors only as the second argument of info");
    }
    return new Expr.Call(function, arguments, span);
  }

  private void expectType(Expr expr, ValueType wanted, String context) {
    if (expr.type() != wanted) {
      throw error(
          expr.span(),
          "expected type " + wanted.text() + " in " + context + ", got " + expr.type().text());
    }
  }

  private Expr.VectorSelector selector() {
    int start = peek().span().start();
    String name = "";
    List<LabelMatcher> matchers = new ArrayList<>();
    if (peek().kind() == Token.Kind.IDENTIFIER) {
      name = take().text();
    }
    if (peek().is("{")) {
      name = matchers(name, matchers);
    }
    if (!name.isEmpty()) {
      matchers.add(LabelMatcher.equal(Labels.NAME, name));
    }
    Span span = since(start);
    if (matchers.stream().allMatch(LabelMatcher::matchesEmpty) && !infoSelector()) {
      throw error(span, "vector selector must contain at least one non-empty matcher");
    }
    return new Expr.VectorSelector(name, List.copyOf(matchers), TimeShift.NONE, Reach.PLAIN, span);
  }

  /**
   * Whether what was just read is the second argument of {@code info}, which may match anything.
   */
  private boolean infoSelector() {
    int open = 0;
    int commas = 0;
    for (int i = at - 1; i > 0; i--) {
      Token token = tokens.get(i);
      if (token.is(")") || token.is("}")) {
        open++;
      } else if (token.is("{")) {
        open--;
      } else if (token.is(",") && open == 0) {
        commas++;
      } else if (token.is("(") && open-- == 0) {
        return commas == 1 && tokens.get(i - 1).isWord("info");
      }
    }
    return false;
  }

  private String matchers(String metric, List<LabelMatcher> to) {
    String name = metric;
    expect("{", "label matching");
    while (!peek().is("}")) {
      Token label = take();
      boolean quoted = label.kind() == Token.Kind.STRING;
      if (!quoted && !(label.kind() == Token.Kind.IDENTIFIER && plainName(label.text()))) {
        throw unexpected(label, "identifier or \"}\" in label matching");
      }
      if (quoted && (peek().is(",") || peek().is("}"))) {
        if (!name.isEmpty()) {
          throw error(
              label.span(),
              "metric name must not be set twice: "
                  + Labels.quote(name)
                  + " or "
                  + Labels.quote(label.text()));
        }
        name = label.text();
      } else {
        to.add(matcher(label));
      }
      if (!accept(",")) {
        break;
      }
    }
    Token close = expect("}", "label matching");
    for (LabelMatcher matcher : to) {
      if (!name.isEmpty()
          && matcher.name().equals(Labels.NAME)
          && matcher.kind() == LabelMatcher.Kind.EQUAL) {
        throw error(
            close.span(),
            "metric name must not be set twice: "
                + Labels.quote(name)
                + " or "
                + Labels.quote(matcher.value()));
      }
    }
    return name;
  }

  private LabelMatcher matcher(Token label) {
    Token sign = take();
    LabelMatcher.Kind kind = null;
    for (LabelMatcher.Kind candidate : LabelMatcher.Kind.values()) {
      if (sign.is(candidate.sign())) {
        kind = candidate;
      }
    }
    if (kind == null) {
      throw unexpected(sign, "label matching operator");
    }
    Token value = take();
    if (value.kind() != Token.Kind.STRING) {
      throw unexpected(value, "string in label matching");
    }
    try {
      return new LabelMatcher(kind, label.text(), value.text());
    } catch (IllegalArgumentException e) {
      throw error(value.span(), String.valueOf(e.getMessage()));
    }
  }

  /** Ranges, subqueries, offsets, {@code @}, anchored and smoothed behind an expression. */
  private Expr postfix(Expr operand) {
    Expr expr = operand;
    int chain = 0;
    while (++chain < 200) {
      Token token = peek();
      if (token.is("[")) {
        expr = range(expr);
      } else if (token.isWord("offset")) {
        take();
        expr = shifted(expr, null, offset());
      } else if (token.is("@")) {
        take();
        expr = shifted(expr, time(), null);
      } else if (token.isWord("anchored") || token.isWord("smoothed")) {
        take();
        expr = reaching(expr, token);
      } else {
        return expr;
      }
    }
    throw error(peek().span(), "too many modifiers");
  }

  private Expr range(Expr expr) {
    Token open = take();
    DurationExpr range = duration(0);
    if (accept(":")) {
      DurationExpr step = peek().is("]") ? null : duration(0);
      expect("]", "subquery selector");
      checkPositive(range, open);
      if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
        throw error(
            expr.span(), "subquery is only allowed on instant vector, got " + expr.type().text());
      }
      if (expr.type() == ValueType.SCALAR) {
        throw error(expr.span(), "subquery is only allowed on instant vector, got scalar instead");
      }
      return new Expr.Subquery(expr, range, step, TimeShift.NONE, since(expr.span().start()));
    }
    expect("]", "range selector");
    checkPositive(range, open);
    if (!(expr instanceof Expr.VectorSelector selector)) {
      throw error(expr.span(), "ranges only allowed for vector selectors");
    }
    if (selector.shift().offset() != null) {
      throw error(open.span(), "no offset modifiers allowed before range");
    }
    if (selector.shift().at() != null) {
      throw error(open.span(), "no @ modifiers allowed before range");
    }
    return new Expr.MatrixSelector(selector, range, since(expr.span().start()));
  }

  private void checkPositive(DurationExpr range, Token open) {
    if (range instanceof DurationExpr.Literal(double value, String ignored) && value <= 0) {
      throw error(open.span(), "duration must be greater than 0");
    }
  }

  private Expr shifted(Expr expr, TimeShift.@Nullable At at, @Nullable DurationExpr offset) {
    TimeShift old =
        switch (expr) {
          case Expr.VectorSelector selector -> selector.shift();
          case Expr.MatrixSelector matrix -> matrix.selector().shift();
          case Expr.Subquery subquery -> subquery.shift();
          default ->
              throw error(
                  expr.span(),
                  (at == null ? "offset" : "@")
                      + " modifier must be preceded by an instant vector selector or range vector"
                      + " selector or a subquery");
        };
    if (at != null && old.at() != null) {
      throw error(expr.span(), "@ <timestamp> may not be set multiple times");
    }
    if (offset != null && old.offset() != null) {
      throw error(expr.span(), "offset may not be set multiple times");
    }
    TimeShift shift =
        new TimeShift(at == null ? old.at() : at, offset == null ? old.offset() : offset);
    Span span = since(expr.span().start());
    return switch (expr) {
      case Expr.VectorSelector selector ->
          new Expr.VectorSelector(
              selector.name(), selector.matchers(), shift, selector.reach(), span);
      case Expr.MatrixSelector(Expr.VectorSelector selector, DurationExpr range, Span ignored) ->
          new Expr.MatrixSelector(
              new Expr.VectorSelector(
                  selector.name(), selector.matchers(), shift, selector.reach(), selector.span()),
              range,
              span);
      case Expr.Subquery subquery ->
          new Expr.Subquery(subquery.expr(), subquery.range(), subquery.step(), shift, span);
      default -> throw new IllegalStateException("unreachable");
    };
  }

  private Expr reaching(Expr expr, Token word) {
    Reach reach = word.isWord("anchored") ? Reach.ANCHORED : Reach.SMOOTHED;
    if (expr instanceof Expr.VectorSelector selector && selector.reach() == Reach.PLAIN) {
      if (reach == Reach.ANCHORED) {
        throw error(word.span(), "anchored modifier can only be used with range selectors");
      }
      return new Expr.VectorSelector(
          selector.name(),
          selector.matchers(),
          selector.shift(),
          reach,
          since(selector.span().start()));
    }
    if (expr instanceof Expr.MatrixSelector matrix && matrix.selector().reach() == Reach.PLAIN) {
      Expr.VectorSelector selector = matrix.selector();
      return new Expr.MatrixSelector(
          new Expr.VectorSelector(
              selector.name(), selector.matchers(), selector.shift(), reach, selector.span()),
          matrix.range(),
          since(matrix.span().start()));
    }
    throw error(word.span(), word.text() + " modifier may stand once, behind a selector");
  }

  private TimeShift.At time() {
    Token token = peek();
    if ((token.isWord("start") || token.isWord("end")) && peek(1).is("(")) {
      take();
      take();
      expect(")", "@");
      return new TimeShift.AtEdge(token.isWord("start"));
    }
    int from = at;
    double seconds = signedNumber("timestamp in @");
    if (!(Math.abs(seconds) < 9.2e15)) {
      throw error(token.span(), "timestamp out of bounds for @ modifier: " + seconds);
    }
    StringBuilder written = new StringBuilder();
    for (int i = from; i < at; i++) {
      written.append(tokens.get(i).text());
    }
    return new TimeShift.AtTime(seconds, written.toString());
  }

  /** An offset: a sign and one operand; more only in parentheses. */
  private DurationExpr offset() {
    if (peek().is("-") || peek().is("+")) {
      boolean negative = take().is("-");
      DurationExpr operand = durationOperand();
      return negative ? new DurationExpr.Negated(operand) : operand;
    }
    return durationOperand();
  }

  private DurationExpr duration(int weakest) {
    deeper(peek());
    DurationExpr left;
    if (peek().is("-") || peek().is("+")) {
      boolean negative = take().is("-");
      DurationExpr operand = duration(5);
      left = negative ? new DurationExpr.Negated(operand) : operand;
    } else {
      left = durationOperand();
    }
    while (true) {
      Token token = peek();
      BinaryOperator operator = BinaryOperator.find(token);
      if (operator == null
          || operator.text().length() != 1
          || operator.precedence() <= weakest
          || operator.comparison()) {
        depth--;
        return left;
      }
      take();
      int next =
          operator == BinaryOperator.POWER ? operator.precedence() - 1 : operator.precedence();
      left = new DurationExpr.Calculated(operator.text().charAt(0), left, duration(next));
    }
  }

  private DurationExpr durationOperand() {
    Token token = take();
    if (token.kind() == Token.Kind.NUMBER || token.kind() == Token.Kind.DURATION) {
      if (!(Math.abs(token.number()) < 9.2e15)) {
        throw error(token.span(), "duration out of range");
      }
      return new DurationExpr.Literal(token.number(), token.text());
    }
    if (token.is("(")) {
      DurationExpr inner = duration(0);
      expect(")", "duration");
      return new DurationExpr.Enclosed(inner);
    }
    if ((token.isWord("step") || token.isWord("range")) && accept("(")) {
      expect(")", "duration");
      return new DurationExpr.OfQuery(token.isWord("step"));
    }
    if ((token.isWord("min_of") || token.isWord("max_of")) && accept("(")) {
      DurationExpr left = duration(0);
      expect(",", "duration");
      DurationExpr right = duration(0);
      expect(")", "duration");
      return new DurationExpr.Extreme(token.isWord("min_of"), left, right);
    }
    throw unexpected(token, "number, duration, step(), or range()");
  }

  /** Whether a label name needs no quotes. */
  static boolean plainName(String name) {
    return plain(name, false);
  }

  static boolean plainMetric(String name) {
    return plain(name, true);
  }

  private static boolean plain(String name, boolean colons) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && !(colons && c == ':') && !(i > 0 && c >= '0' && c <= '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  static String names(List<String> labels) {
    return String.join(", ", labels.stream().map(l -> plainName(l) ? l : Labels.quote(l)).toList());
  }
}

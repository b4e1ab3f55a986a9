package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.lang.management.ManagementFactory;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {
  private static final String[] WORDS = {
    "up",
    "sum",
    "rate",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "5m",
    "1",
    ",",
    "=",
    "=~",
    "\"a.*\"",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "offset",
    "@",
    "-",
    "+",
    "*",
    "^",
    "and",
    "or",
    ":",
    "bool",
    ">",
    "==",
    "start",
    "end",
    "step",
    "fill",
    "anchored",
    "le",
    "'x'",
    "1e3",
    "Inf",
    "#"
  };

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "up{job=\"a\",instance!~\"b.*\"}",
        "{__name__=~\"a|b\"}",
        "{\"a metric\",\"a label\"=\"x\"}",
        "sum by (job, \"a.b\") (rate(up[5m])) / 2",
        "topk without (x) (3, up offset 5m)",
        "up @ 12.5 offset -1h30m",
        "up[5m] @ start()",
        "rate(up[step() * 2])",
        "max_over_time((a + b)[1h:5m] offset 1d)",
        "a and on (x) b or ignoring (y) c unless d",
        "a * on (x) group_left (y) b",
        "a + fill_left (0) fill_right (NaN) b",
        "-a ^ 2 ^ -3",
        "(1 + 2) * 3 > bool 4",
        "label_replace(up, \"a\", \"$1\", \"b\", \"(.*)\\\\.x\")",
        "increase(up[5m] smoothed)",
        "\"line\\nend \\\"quoted\\\"\"",
        "up{\"a\\u0085b\"=\"\\u200b\\a\\U000e0001\"}",
        "time() - 0x1F",
        "1_000 + 2h",
        "quantile(0.9, a) by (b)",
        "sum(a) by (b)",
        "# a remark\nup # and another",
      })
  void printsWhatReadsBackTheSame(String query) {
    String printed = Parser.parse(query).toString();

    assertThat(Parser.parse(printed)).hasToString(printed);
  }

  @Test
  void writesWhatCannotBeSeenAsEscapes() {
    assertQuoted("plain text", "plain text");
    assertQuoted("\"\\'", "\\\"\\\\'");
    assertQuoted("\u0007\b\f\n\r\t\u000b", "\\a\\b\\f\\n\\r\\t\\v");
    assertQuoted("\u0000\u001b\u007f", "\\x00\\x1b\\x7f");
    assertQuoted("\u0085\u00a0\u00ad", "\\u0085\\u00a0\\u00ad");
    assertQuoted("\u200b\u2028\ue000\u0378", "\\u200b\\u2028\\ue000\\u0378");
    assertQuoted("\udb40\udc01", "\\U000e0001");
    assertQuoted("\u00e4\u20ac\ufffd\ud83d\ude00", "\u00e4\u20ac\ufffd\ud83d\ude00");
  }

  private static void assertQuoted(String text, String content) {
    String quoted = '"' + content + '"';

    assertThat(Labels.quote(text)).isEqualTo(quoted);
    assertThat(((Expr.TextLiteral) Parser.parse(quoted)).value()).isEqualTo(text);
  }

  @Test
  void writesNamesThatCannotBeSeenAsEscapes() {
    assertThat(Formatter.format(Parser.parse("sum by(\"a\u0085\") (up{\"b\u00a0\"=\"\u200b\"})")))
        .isEqualTo("sum by (\"a\\u0085\") (up{\"b\\u00a0\"=\"\\u200b\"})");
    assertThatThrownBy(() -> Parser.parse("a * on (\"b\u0085\") group_left (\"b\u0085\") a"))
        .hasMessageContaining("label \"b\\u0085\" must not occur");
    assertThatThrownBy(() -> Parser.parse("up \u00a0"))
        .hasMessageContaining("unexpected character: '\\u00a0'");
    assertThat(Labels.of("__name__", "m", "a.b", "x\u0085", "c", "y"))
        .hasToString("m{\"a.b\"=\"x\\u0085\", c=\"y\"}");
    assertThat(Labels.of("__name__", "m.n\u0085", "a", "x"))
        .hasToString("{\"m.n\\u0085\", a=\"x\"}");
    assertThat(Labels.of("__name__", "m.n")).hasToString("{\"m.n\"}");
    assertThat(Labels.of("__name__", "m:n")).hasToString("m:n");
    assertThat(Labels.of("__name__", "m", "a.b", "x", "c", "y").toLabelText())
        .isEqualTo("{__name__=\"m\", \"a.b\"=\"x\", c=\"y\"}");
    assertThat(LabelMatcher.equal("a\u0085", "x")).hasToString("\"a\\u0085\"=\"x\"");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          ``                       ; 1:1: parse error: no expression found in input
          up{                      ; 1:4: parse error: unexpected end of input inside braces
          up{a}                    ; 1:5: parse error: unexpected "}" in label matching, expected label matching operator
          up{a="b                  ; 1:6: parse error: unterminated quoted string
          up{a=~"[b"}              ; 1:4: parse error: error parsing regexp: missing closing ]: `[b`
          up{a=~"((x{99}){99}){9}"} ; 1:4: parse error: error parsing regexp: repeats multiply
          rate(up)                 ; 1:6: parse error: expected type range vector in call to function "rate"
          rate(up[5m], 1)          ; 1:1: parse error: expected 1 argument(s) in call to "rate", got 2
          nothing(up)              ; 1:1: parse error: unknown function with name "nothing"
          sum(up) + sum            ; ok
          1 +                      ; 1:4: parse error: unexpected end of input
          1 == 1                   ; 1:3: parse error: comparisons between scalars must use BOOL modifier
          up and 1                 ; 1:1: parse error: set operator "and" not allowed
          up[0s]                   ; 1:4: parse error: duration must be greater than 0
          up[5m                    ; 1:6: parse error: unclosed left bracket
          sum(up                   ; 1:7: parse error: unclosed left parenthesis
          sum by (                 ; 1:9: parse error: unclosed left parenthesis
          rate(up[5m               ; 1:11: parse error: unclosed left parenthesis
          (up{a                    ; 1:6: parse error: unexpected end of input inside braces
          (a + )) b                ; 1:6: parse error: unexpected ")"
          up offset 5m offset 1m   ; 1:1: parse error: offset may not be set multiple times
          sum(up)[5m]              ; 1:8: parse error: ranges only allowed for vector selectors
          5d3h2x                   ; 1:1: parse error: bad number or duration syntax
          up $                     ; 1:4: parse error: unexpected character: '$'
          up{a="\\q"}              ; 1:6: parse error: unknown escape sequence U+0071 'q'
          a + bool b               ; 1:3: parse error: bool modifier can only be used on comparison
          topk(up)                 ; 1:1: parse error: wrong number of arguments for aggregate
          RATE(up[5m])             ; 1:1: parse error: unknown function with name "RATE"
          up{__name__!~"x"}        ; 1:1: parse error: metric name must not be set twice: "up" or "x"
          up{"down"}               ; 1:1: parse error: metric name must not be set twice: "up" or "down"
          a * group_left b         ; 1:5: parse error: unexpected <group_left>
          a + fill(1) fill_left(2) b ; 1:13: parse error: unexpected <fill_left>
          up{a=~"(b"}              ; 1:4: parse error: error parsing regexp: missing closing ): `(b`
          up[5m + ]                ; 1:9: parse error: unexpected "]" in subquery or range selector, expected number, duration, step(), or range()
          up[5m:1m + ]             ; 1:12: parse error: unexpected "]" in subquery selector, expected number, duration, step(), range(), or "]"
          up[5m]5m]                ; 1:7: parse error: unexpected duration "5m"
          up[1y2q]                 ; 1:4: parse error: bad number or duration syntax: "1y2"
          up[1ys]                  ; 1:4: parse error: unknown unit "ys" in duration "1ys"
          up offset -              ; 1:12: parse error: unexpected end of input in offset, expected number, duration, step(), or range()
          up @ up                  ; 1:6: parse error: unexpected identifier "up" in @, expected timestamp
          up @ 1e300               ; 1:1: parse error: timestamp out of bounds for @ modifier: 1000
          sum by (1) (up)          ; 1:9: parse error: unexpected number "1" in grouping opts, expected label
          sum(up up)               ; 1:8: parse error: unexpected identifier "up" in aggregation
          up{a=1}                  ; 1:6: parse error: unexpected character inside braces: '1'
          up{a!}                   ; 1:5: parse error: unexpected character after '!' inside braces: '}'
          up{{                     ; 1:4: parse error: unexpected left brace '{'
          up ! a                   ; 1:4: parse error: unexpected character after '!': ' '
          up =~ a                  ; 1:4: parse error: unexpected character after '=': '~'
          up]                      ; 1:3: parse error: unexpected right bracket ']'
          up[:1m]                  ; 1:5: parse error: unexpected colon before duration in duration expression
          up[foo]                  ; 1:4: parse error: unexpected character in duration expression: 'f'
          1 and bool 1 + "a"       ; 1:16: parse error: binary expression must contain only scalar and instant vector
          "a long text" up         ; 1:15: parse error: unexpected identifier "up"
          up "a long text"         ; 1:4: parse error: unexpected string "\\"a long te"...
          1e400                    ; 1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e400": value out of range
          a + or b                 ; 1:8: parse error: unexpected identifier "b"
          foo[5m + ] or "          ; 1:10: parse error: unexpected "]"
          up[5m / 0]               ; 1:7: parse error: division by zero
          up[1e12]                 ; 1:4: parse error: duration out of range
          time()[5m:1m]            ; 1:1: parse error: subquery is only allowed on instant vector, got scalar
          info(up, up)             ; 1:10: parse error: expected label selectors only, got vector
          sum(a)[5m:] smoothed     ; 1:1: parse error: smoothed modifier is not supported for subqueries
          `"ä" + b{`               ; 1:10: parse error: unexpected end of input
          """)
  void saysWhereAQueryIsWrong(String query, String message) {
    if (message.equals("ok")) {
      Parser.parse(query);
      return;
    }
    assertThatThrownBy(() -> Parser.parse(query))
        .isInstanceOfSatisfying(
            PromqlException.class, e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.PARSE))
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          0x1F                          ; 31
          017 + 08 + 1_000 + .5e1       ; 15 + 8 + 1000 + 5
          - 5 * +3                      ; -5 * 3
          nan + inf                     ; NaN + +Inf
          90m                           ; 1h30m
          up[300] offset 90             ; up[5m] offset 1m30s
          up [ 5m * 2 ] offset -(1m)    ; up[5m * 2] offset -(1m)
          up{b="2",a!='1'} @ 1.5        ; up{a!="1",b="2"} @ 1.500
          {"my.metric", "x.y"=~"z"}     ; {"x.y"=~"z",__name__="my.metric"}
          offset + by + start + or      ; offset + by + start + or
          SUM(A) BY (b)                 ; sum by (b) (A)
          a + ON() GROUP_LEFT b         ; a + on () group_left () b
          a / fill_left(1) fill_right(1) b ; a / fill (1) b
          info(up, {})                  ; info(up, {})
          up smoothed offset 0s         ; up smoothed
          up offset 0 offset 5m         ; up offset 5m
          up offset (5m) * 2 + 1m       ; up offset (5m) * 2 + 1m
          up offset (5m) * up           ; up offset (5m) * up
          """)
  void printsAsPrometheusDoes(String query, String printed) {
    assertThat(Parser.parse(query)).hasToString(printed);
  }

  @Test
  void formatsLongQueriesInLines() {
    String query =
        "sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!=\"\"}[5m]))"
            + " / on (namespace, pod) group_left () kube_pod_container_resource_limits > bool 0.9";

    assertThat(Formatter.format(Parser.parse(query)))
        .isEqualTo(
            """
                sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))
              / on (namespace, pod) group_left ()
                kube_pod_container_resource_limits
            > bool
              0.9\
            """);
    assertThat(Formatter.format(Parser.parse("sum( a )"))).isEqualTo("sum(a)");
  }

  /** As Prometheus does: a subquery that fits goes without its indent, and bytes are counted. */
  @Test
  void formatsSubqueriesAndLongTexts() {
    String range = "rate(" + "m".repeat(60) + "[5m])[1h:1m]";

    assertThat(Formatter.format(Parser.parse("max_over_time(" + range + ") + " + "n".repeat(60))))
        .isEqualTo("  max_over_time(" + range + ")\n+\n  " + "n".repeat(60));
    assertThat(
            Formatter.format(Parser.parse("quantile_over_time(" + "0.123456789, " + range + ")")))
        .isEqualTo("quantile_over_time(\n  0.123456789,\n" + range + "\n)");
    assertThat(Formatter.format(Parser.parse("(m{a=\"" + "\u00e4".repeat(47) + "\"})")))
        .startsWith("(\n");
  }

  /** Each operand once, not once more for each of those around it. */
  @Test
  void formatsManyOperandsWithoutMuchMemory() {
    Expr expr = Parser.parse("a + ".repeat(900) + "a");
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Formatter.format(expr);
    long before = thread.getCurrentThreadAllocatedBytes();

    String formatted = Formatter.format(expr);

    assertThat(thread.getCurrentThreadAllocatedBytes() - before)
        .isLessThan(10L * formatted.length());
  }

  @Test
  void countsLinesAndColumns() {
    assertThatThrownBy(() -> Parser.parse("sum(\n  up ))"))
        .hasMessageStartingWith("2:8: parse error: unexpected right parenthesis ')'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "-", "sum(", "rate(up[", "up[(", "up[-"})
  void refusesEndlessNesting(String opening) {
    assertThatThrownBy(() -> Parser.parse(opening.repeat(10_000) + "1"))
        .isInstanceOf(PromqlException.class)
        .hasMessageContaining("parse error");
    assertThatThrownBy(() -> Parser.parse(opening.repeat(100_000)))
        .isInstanceOf(PromqlException.class)
        .hasMessageContaining("parse error");
  }

  @Test
  void takesModestNestingAndLongChains() {
    assertThatCode(() -> Parser.parse("(".repeat(60) + "1" + ")".repeat(60)))
        .doesNotThrowAnyException();
    assertThatCode(() -> Parser.parse("1" + " + 1".repeat(900))).doesNotThrowAnyException();
    assertThatThrownBy(() -> Parser.parse("up" + "[5m:]".repeat(900)))
        .hasMessageStartingWith("1:1: parse error: subquery is only allowed on instant vector");
    assertThatCode(() -> Parser.parse("1" + "+1".repeat(32_000))).doesNotThrowAnyException();
    assertThatCode(() -> Parser.parse("up[1" + "+1".repeat(64) + "]")).doesNotThrowAnyException();
    assertThatThrownBy(() -> Parser.parse("up[1" + "+1".repeat(65) + "]"))
        .hasMessage("1:133: parse error: too many operators in a duration (expected: at most 64)");
  }

  @Property(tries = 3000)
  void wordsInAnyOrderAreReadOrRefused(@ForAll Random random) {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < 1 + random.nextInt(14); i++) {
      query.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(3) == 0 ? "" : " ");
    }
    checkReadOrRefused(query.toString());
  }

  @Test
  void infinityToAPowerStaysTheSame() {
    String many = "up{job=~\"" + "a|".repeat(60) + "b\"}";

    checkReadOrRefused("Inf ^ up");
    checkReadOrRefused("Inf ^ Inf ^ " + many);
    assertThat(Parser.parse("1 + Inf ^ up")).hasToString("1 + Inf ^ up");
    assertThat(Parser.parse("up + Inf")).hasToString("up + +Inf");
  }

  @Property(tries = 2000)
  void anyTextIsReadOrRefused(@ForAll String text) {
    checkReadOrRefused(text);
  }

  private static void checkReadOrRefused(String query) {
    String printed;
    try {
      printed = Parser.parse(query).toString();
    } catch (PromqlException e) {
      assertThat(e.getMessage()).contains("parse error: ");
      return;
    }
    assertThat(Parser.parse(printed)).hasToString(printed);
    assertThat(Parser.parse(Formatter.format(Parser.parse(query)))).hasToString(printed);
  }

  @Test
  void anOperationHasTheTypeOfItsOperands() {
    Expr.Binary sum = (Expr.Binary) Parser.parse("1 + 1");

    assertThatThrownBy(
            () ->
                new Expr.Binary(
                    sum.operator(),
                    sum.left(),
                    sum.right(),
                    sum.bool(),
                    sum.matching(),
                    sum.span(),
                    ValueType.VECTOR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("type: VECTOR (expected: SCALAR)");
  }
}

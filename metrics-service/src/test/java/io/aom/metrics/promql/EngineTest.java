package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.aom.metrics.conformance.ScriptRunner;
import io.aom.metrics.conformance.ScriptSeries;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class EngineTest {
  @TestFactory
  Stream<DynamicTest> ownScripts() {
    return Stream.of("engine.test", "language.test", "details.test").flatMap(EngineTest::cases);
  }

  private static Stream<DynamicTest> cases(String name) {
    String script;
    try (InputStream in = EngineTest.class.getResourceAsStream("/promql/" + name)) {
      script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<ScriptRunner.Outcome> outcomes = new ScriptRunner().run(script);
    assertThat(outcomes).hasSizeGreaterThan(30);
    return outcomes.stream()
        .map(
            outcome ->
                DynamicTest.dynamicTest(
                    name + ":" + outcome.line() + ": " + outcome.query(),
                    () -> assertThat(outcome.problem()).isEmpty()));
  }

  @Test
  void refusesWhatWouldNotFitIntoMemory() {
    EngineLimits small = new EngineLimits(1000, 1000, 300_000, 60_000);
    ScriptSeries series = new ScriptSeries();
    series.load(1000, List.of("m 0+1x100"), false);
    Engine engine = new Engine(small);
    StepGrid grid = new StepGrid(0, 100_000, 100);
    Expr big = Parser.parse("m + m");

    assertThatThrownBy(() -> engine.evaluate("m + m", big, grid, series, Patience.ENDLESS))
        .isInstanceOf(PromqlException.class)
        .hasMessageContaining("too many samples");
    Expr long5 = Parser.parse("max_over_time(m[1d:1s])");
    assertThatThrownBy(
            () ->
                engine.evaluate(
                    "max_over_time(m[1d:1s])",
                    long5,
                    StepGrid.instant(0),
                    series,
                    Patience.ENDLESS))
        .isInstanceOf(PromqlException.class)
        .hasMessageContaining("subquery: 86400 steps");
  }

  @Test
  void stopsWhenNobodyWaits() {
    ScriptSeries series = new ScriptSeries();
    series.load(1000, List.of("m 0+1x5000"), false);
    String query = "sum_over_time(m[1h])";

    assertThatThrownBy(
            () ->
                new Engine(EngineLimits.DEFAULT)
                    .evaluate(
                        query,
                        Parser.parse(query),
                        new StepGrid(0, 5_000_000, 1000),
                        series,
                        () -> {
                          throw new PromqlException(PromqlException.Kind.CANCELED, "gone");
                        }))
        .hasMessage("gone");
  }

  /** Operators that are enclosed again and again, many in each pair of parentheses. */
  private static String chains(String operand) {
    return "(".repeat(30) + operand + ("+1".repeat(850) + ")").repeat(30);
  }

  @Test
  void chainsOfOperatorsTakeNoStack() throws InterruptedException {
    ScriptSeries series = new ScriptSeries();
    series.load(1000, List.of("m 0+1x10"), false);
    StepGrid grid = new StepGrid(0, 10_000, 1000);
    List<String> queries =
        List.of(
            chains("1"),
            chains("m"),
            chains("m @ 5"),
            chains("-m"),
            "info(" + chains("m") + ")",
            "sum_over_time((" + chains("m") + ")[2s:1s])");
    List<String> answers = new ArrayList<>();

    Thread small =
        new Thread(
            null,
            () -> {
              for (String query : queries) {
                Expr expr = Parser.parse(query);
                Value value =
                    new Engine(EngineLimits.DEFAULT)
                        .evaluate(query, expr, grid, series, Patience.ENDLESS)
                        .value();
                answers.add(Double.toString(newest(value)));
                assertThat(expr.toString()).hasSizeGreaterThan(query.length());
              }
            },
            "small stack",
            256 << 10);
    small.start();
    small.join();

    assertThat(answers)
        .containsExactly("25501.0", "25510.0", "25505.0", "25490.0", "25510.0", "51019.0");
  }

  private static double newest(Value value) {
    return switch (value) {
      case Value.Scalar(double[] values) -> values[values.length - 1];
      case Value.Vector(List<StepSeries> series) -> series.get(0).value(series.get(0).steps() - 1);
      default -> throw new AssertionError(value);
    };
  }

  @Test
  void whatAChainRepeatsAtEachStepIsEvaluatedOnce() {
    ScriptSeries series = new ScriptSeries();
    series.load(1000, List.of("m 0+1x10"), false);
    String query = "m @ 5 + m @ 6 + 1 + m";

    QueryResult result =
        new Engine(EngineLimits.DEFAULT)
            .evaluate(
                query,
                Parser.parse(query),
                new StepGrid(0, 10_000, 1000),
                series,
                Patience.ENDLESS);

    assertThat(newest(result.value())).isEqualTo(5 + 6 + 1 + 10);
  }

  /** How often a query looks whether it is still waited for: as often as it has worked much. */
  private static int looks(String query) {
    ScriptSeries series = new ScriptSeries();
    series.load(1000, List.of("m{i='1'} 0+1x10", "m{i='2'} 0+1x10"), false);
    AtomicInteger looks = new AtomicInteger();
    StepGrid grid = new StepGrid(0, 50_000_000, 1000);
    new Engine(EngineLimits.DEFAULT)
        .evaluate(query, Parser.parse(query), grid, series, looks::incrementAndGet);
    return looks.get();
  }

  @Test
  void anOperatorIsNoMoreWorkThanASign() {
    assertThat(looks("m + 1")).isPositive().isEqualTo(looks("-m"));
    assertThat(looks("m + 1 + 1")).isEqualTo(looks("--m"));
  }

  @Test
  void asksForTheWindowThatASelectorNeeds() {
    String query = "rate(a[5m] offset 1m) + b @ 100 + c";
    StepGrid grid = new StepGrid(1_000_000, 2_000_000, 10_000);
    List<SeriesSource.Selection>[] asked = new List[1];

    new Engine(EngineLimits.DEFAULT)
        .evaluate(
            query,
            Parser.parse(query),
            grid,
            selections -> {
              asked[0] = selections;
              SeriesSet none = SeriesSet.of(List.of());
              return List.of(none, none, none);
            },
            Patience.ENDLESS);

    assertThat(asked[0])
        .extracting(
            SeriesSource.Selection::afterMillis,
            SeriesSource.Selection::untilMillis,
            SeriesSource.Selection::newestOnly)
        .containsExactly(
            tuple(640_000L, 1_940_000L, false),
            tuple(-200_000L, 100_000L, false),
            tuple(700_000L, 2_000_000L, false));
  }
}

package io.aom.bench.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          up 1                              | {__name__=up}                          | 1
          up{} 1                            | {__name__=up}                          | 1
          cpu{mode="idle",cpu="0"} 1.5e+06  | {__name__=cpu, cpu=0, mode=idle}       | 1500000
          m{a="x\\\\y\\"z",} +Inf           | {__name__=m, a=x\\y"z}                 | Infinity
          m{a="b} c"} NaN                   | {__name__=m, a=b} c}                   | NaN
          m{a=""} -3 1700000000000          | {__name__=m, a=}                       | -3
          """)
  void readsASample(String line, String labels, Double value) {
    assertThat(Exposition.parse(line)).hasSize(1);
    Exposition.parse(line)
        .forEach(
            (found, number) -> {
              assertThat(found).hasToString(labels);
              assertThat(number).isEqualTo(value);
            });
  }

  @Test
  void passesOverDescriptionsAndEmptyLines() {
    String text = "# HELP a b\n# TYPE a gauge\na 1\n\nb{c=\"d\\ne\"} 2\n";
    assertThat(Exposition.parse(text))
        .isEqualTo(
            Map.of(
                new TreeMap<>(Map.of("__name__", "a")), 1.0,
                new TreeMap<>(Map.of("__name__", "b", "c", "d\ne")), 2.0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a{b=\"c\"", "a{b", "a x", "a{b=\"c"})
  void refusesWhatIsNoSample(String line) {
    assertThatThrownBy(() -> Exposition.parse(line)).isInstanceOf(IllegalArgumentException.class);
  }
}

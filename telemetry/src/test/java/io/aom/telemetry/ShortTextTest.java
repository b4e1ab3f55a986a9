package io.aom.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShortTextTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          short enough       | abc    | 3 | abc
          too long           | abcd   | 3 | abc
          a pair is whole    | a😀b   | 3 | a😀
          a pair is not cut  | ab😀   | 3 | ab
          nothing left       | 😀     | 1 | ''
          nothing wanted     | a      | 0 | ''
          """)
  void of(String situation, String text, int most, String expected) {
    assertThat(ShortText.of(text, most)).isEqualTo(expected);
  }
}

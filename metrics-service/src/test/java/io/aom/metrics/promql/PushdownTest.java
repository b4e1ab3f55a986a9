package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PushdownTest {
  /** Another version may be asked for a part by its place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 | quantile(scalar(a), rate(b[1m]))
          1 | scalar(a)
          2 | a
          3 | rate(b[1m])
          4 | b[1m]
          """)
  void placesFollowTheText(int place, String part) {
    Expr query = Parser.parse("quantile(scalar(a), rate(b[1m]))");

    assertThat(Pushdown.at(place, query)).hasToString(part);
    assertThat(Pushdown.places(query)).containsEntry(Pushdown.at(place, query), place);
  }
}

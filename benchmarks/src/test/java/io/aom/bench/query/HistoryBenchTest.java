package io.aom.bench.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HistoryBenchTest {
  private static final String METRICS =
      """
      # TYPE head gauge
      head_max 7
      head 1.79e+09
      """;

  @Test
  void readsAFigureByItsWholeName() {
    assertThat(HistoryBench.figure(METRICS, "head")).isEqualTo(1.79e9);
  }

  @Test
  void saysWhichFigureIsMissing() {
    assertThatThrownBy(() -> HistoryBench.figure(METRICS, "head_min"))
        .hasMessage("no metric head_min");
  }
}

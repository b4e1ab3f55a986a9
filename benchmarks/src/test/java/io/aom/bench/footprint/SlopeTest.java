package io.aom.bench.footprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SlopeTest {
  /** 200 MiB without any series, and 2,048 bytes for each. */
  private final MemoryBench.Slope slope =
      new MemoryBench.Slope(102_400, 200 + 200, 409_600, 200 + 800);

  @Test
  void tellsWhatASeriesTakesFromWhatIsThereAnyway() {
    assertThat(slope.bytesPerSeries()).isEqualTo(2_048, within(1e-9));
    assertThat(slope.baseMib()).isEqualTo(200, within(1e-9));
  }

  @Test
  void theRowHasBothLevelsAndBoth() {
    assertThat(slope.row("X")).isEqualTo("| X | 400 | 1000 | 2048 | 200 |");
  }
}

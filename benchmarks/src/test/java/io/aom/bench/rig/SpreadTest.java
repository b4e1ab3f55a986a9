package io.aom.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void medianIsTheMiddleOrBetweenTheTwoMiddleOnes() {
    assertThat(Spread.of(9, 1, 3)).isEqualTo(new Spread(3, 1, 9));
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Spread(2.5, 1, 4));
    assertThat(Spread.of(9, 1, 3.25).text(1)).isEqualTo("3.3 (1.0-9.0)");
  }

  @Test
  void nothingHasNoMedian() {
    assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
  }
}

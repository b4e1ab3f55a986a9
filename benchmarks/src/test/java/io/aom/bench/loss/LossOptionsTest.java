package io.aom.bench.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LossOptionsTest {
  @Test
  void nothingGivenIsTheWholeRun() {
    assertThat(LossOptions.parse(new String[] {"loss"}, 1))
        .isEqualTo(
            new LossOptions(10_000_000, 2_000_000, 1_000_000, 12, 2, 1, 60, Path.of(".aom")));
  }

  @Test
  void everyOptionIsTaken() {
    String line =
        "--samples 1 --logs 2 --spans 0 --kills 4 --connections 5 --seed -6 --minutes 7 --data d";
    assertThat(LossOptions.parse(line.split(" "), 0))
        .isEqualTo(new LossOptions(1, 2, 0, 4, 5, -6, 7, Path.of("d")));
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossOptions.parse(new String[] {"--kills", "many"}, 0))
        .withMessage("--kills: many (expected: a whole number from 0 to 1000)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossOptions.parse(new String[] {"--kills"}, 0))
        .withMessage("--kills: nothing follows (expected: a value)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossOptions.parse(new String[] {"--kill", "1"}, 0))
        .withMessageStartingWith("--kill: unknown option");
  }
}

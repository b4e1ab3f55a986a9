package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SureOffsetsTest {
  private final SureOffsets offsets = new SureOffsets();

  @BeforeEach
  void readTwoPartitions() {
    offsets.goOn(0, 3);
    offsets.goOn(1, 0);
    offsets.read(0, 10);
    offsets.read(1, 7);
  }

  private void look() {
    offsets.lookBegins();
    offsets.foundTheSame();
  }

  private void assertSure(long first, long second) {
    assertThat(offsets.to(0)).as("partition 0").isEqualTo(first);
    assertThat(offsets.to(1)).as("partition 1").isEqualTo(second);
  }

  @Test
  void onlyWhatWasReadBeforeALookBeganIsSure() {
    assertSure(0, 0);
    offsets.lookBegins();
    offsets.read(0, 20);
    assertSure(0, 0);
    offsets.foundTheSame();
    assertSure(10, 7);
    offsets.read(1, 30);
    offsets.lookBegins(); // Nobody answers.
    assertSure(10, 7);
    look();
    assertSure(20, 30);
  }

  @Test
  void whatIsReadAgainIsNotSureUntilTheNextLook() {
    look();
    offsets.goOn(0, 4);
    assertSure(4, 7);
    offsets.read(0, 12);
    assertSure(4, 7);
    look();
    assertSure(12, 7);
  }

  @Test
  void aLookThatBeganBeforeIsNotOfWhatIsReadAgain() {
    offsets.lookBegins();
    offsets.goOn(1, 2);
    offsets.read(1, 9);
    offsets.foundTheSame();
    assertSure(10, 2);
    look();
    assertSure(10, 9);
  }

  @Test
  void aLookIsSureOfWhatOnlyTheOneAfterMayTakeBack() {
    look();
    offsets.read(0, 15);
    offsets.lookBegins();
    offsets.goOn(0, 12);
    assertSure(10, 7);
    offsets.foundTheSame();
    assertSure(12, 7);
  }

  @Test
  void goingForwardMakesNothingSure() {
    look();
    offsets.goOn(0, 40);
    assertSure(10, 7);
  }

  /** As after a failure: heads go on where they stand. */
  @Test
  void beginningAgainKeepsWhatIsSureBeforeIt() {
    look();
    offsets.begin();
    offsets.goOn(0, 10);
    offsets.goOn(1, 5);
    assertSure(10, 5);
    look();
    assertSure(10, 5);
  }
}

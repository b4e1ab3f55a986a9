package io.aom.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UntilTest {
  private static final Duration PAUSE = Duration.ofMillis(1);

  @Test
  void asksAgainUntilItHolds() throws Exception {
    var asked = new AtomicInteger();
    Until.holds("x", Duration.ofMinutes(1), PAUSE, () -> asked.incrementAndGet() == 3);
    assertThat(asked).hasValue(3);
  }

  @Test
  void asksOnceEvenWithoutTime() throws Exception {
    var asked = new AtomicInteger();
    Until.holds("x", Duration.ZERO, PAUSE, () -> asked.incrementAndGet() == 1);
    assertThat(asked).hasValue(1);
  }

  @Test
  void saysWhatDoesNotHold() {
    assertThatThrownBy(() -> Until.holds("no answer", Duration.ZERO, PAUSE, () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no answer within 0 s");
  }
}

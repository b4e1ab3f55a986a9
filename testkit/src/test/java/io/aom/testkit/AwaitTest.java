package io.aom.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {
  @Test
  void asksAgainUntilTheConditionHolds() {
    AtomicInteger asked = new AtomicInteger();

    Await.until("third time", () -> asked.incrementAndGet() == 3);

    assertThat(asked).hasValue(3);
  }

  @Test
  void exceptionsMeanNotYet() {
    AtomicInteger asked = new AtomicInteger();

    String answer =
        Await.get(
            "answer",
            Duration.ofSeconds(10),
            () -> {
              if (asked.incrementAndGet() < 3) {
                throw new IllegalStateException("still down");
              }
              return "up";
            });

    assertThat(answer).isEqualTo("up");
  }

  @Test
  void saysWhatWasAwaitedAndWhyItFailedLast() {
    assertThatThrownBy(
            () ->
                Await.untilAsserted(
                    "two rows", Duration.ofMillis(1), () -> assertThat(1).isEqualTo(2)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("two rows")
        .hasRootCauseInstanceOf(AssertionError.class);
  }
}

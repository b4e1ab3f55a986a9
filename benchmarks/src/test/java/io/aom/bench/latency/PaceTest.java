package io.aom.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Duration PERIOD = Duration.ofMillis(2);

  @Test
  void tasksAreDueAPeriodApart() throws Exception {
    Map<Integer, Long> due = new ConcurrentSkipListMap<>();
    Pace.keep(PERIOD, 4, due::put);
    assertThat(due).hasSize(4);
    for (int i = 1; i < 4; i++) {
      assertThat(due.get(i) - due.get(i - 1)).isEqualTo(PERIOD.toNanos());
    }
  }

  @Test
  void oneThatStallsDoesNotKeepTheNextFromBeginning() throws Exception {
    var later = new CountDownLatch(3);
    var seen = new AtomicInteger();
    Pace.keep(
        PERIOD,
        4,
        (number, due) -> {
          if (number > 0) {
            later.countDown();
          } else if (later.await(1, TimeUnit.MINUTES)) {
            seen.incrementAndGet();
          }
        });
    assertThat(seen).hasValue(1);
  }

  @Test
  void oneThatFailsIsSaidAfterAllHaveEnded() {
    var ended = new AtomicInteger();
    assertThatThrownBy(
            () ->
                Pace.keep(
                    PERIOD,
                    3,
                    (number, due) -> {
                      if (number == 0) {
                        throw new IllegalStateException("not found");
                      }
                      ended.incrementAndGet();
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not found");
    assertThat(ended).hasValue(2);
  }
}

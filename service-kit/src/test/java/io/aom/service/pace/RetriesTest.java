package io.aom.service.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

  private static long millis(Retries retries, Duration longest) {
    return Duration.between(NOW, retries.failed(NOW, longest)).toMillis();
  }

  @Test
  void waitsLongerWithEachFailureUpToABound() {
    Retries retries = new Retries("rule");

    for (long least : new long[] {200, 400, 800, 1600, 3200, 6400, 6400}) {
      assertThat(millis(retries, Duration.ofMinutes(1))).isBetween(least, least + least / 4);
    }
    assertThat(millis(retries, Duration.ofSeconds(1))).isEqualTo(1000);

    retries.succeeded();
    assertThat(millis(retries, Duration.ofMinutes(1))).isBetween(200L, 250L);
  }

  @Test
  void isSpreadByWhatIsDone() {
    assertThat(millis(new Retries("a"), Duration.ofMinutes(1)))
        .isNotEqualTo(millis(new Retries("b"), Duration.ofMinutes(1)));
  }
}

package io.aom.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class ManualClockTest {
  @Test
  void standsStillUntilItIsMoved() {
    ManualClock clock = ManualClock.at("2026-01-01T00:00:00Z");
    Clock elsewhere = clock.withZone(ZoneId.of("Europe/Oslo"));

    clock.advance(Duration.ofMinutes(5));

    assertThat(clock.instant()).isEqualTo(Instant.parse("2026-01-01T00:05:00Z"));
    assertThat(elsewhere.instant()).isEqualTo(clock.instant());
  }
}

package io.aom.ingest.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private static final TenantId HUNGRY = new TenantId("hungry");
  private static final TenantId OTHER = new TenantId("other");

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final RateLimits limits =
      new RateLimits((tenant, signal) -> signal == Signal.SPANS ? 0 : 100, nanos::get);

  @Test
  void twiceTheRateAtOnceThenTheRate() {
    limits.take(HUNGRY, Signal.LOGS, 150);
    limits.take(HUNGRY, Signal.LOGS, 50);
    assertRefusedFor(1);

    nanos.addAndGet(1_000_000_000L);
    limits.take(HUNGRY, Signal.LOGS, 100);
    assertRefusedFor(1);
  }

  @Test
  void aRequestLargerThanTheBucketPassesAndTheNextWaitsTheLonger() {
    limits.take(HUNGRY, Signal.LOGS, 1200);

    assertRefusedFor(10);
    nanos.addAndGet(9_000_000_000L);
    assertRefusedFor(1);
    nanos.addAndGet(2_000_000_000L);
    limits.take(HUNGRY, Signal.LOGS, 1);
  }

  @Test
  void otherTenantsAndSignalsNoticeNothing() {
    limits.take(HUNGRY, Signal.LOGS, 1000);

    assertThatCode(() -> limits.take(OTHER, Signal.LOGS, 1)).doesNotThrowAnyException();
    assertThatCode(() -> limits.take(HUNGRY, Signal.METRICS, 1)).doesNotThrowAnyException();
  }

  @Test
  void noRateIsNoBound() {
    limits.take(HUNGRY, Signal.SPANS, Long.MAX_VALUE);
    limits.take(HUNGRY, Signal.SPANS, Long.MAX_VALUE);
  }

  private void assertRefusedFor(int seconds) {
    assertThatThrownBy(() -> limits.take(HUNGRY, Signal.LOGS, 1))
        .isInstanceOfSatisfying(
            RejectedException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(429);
              assertThat(e.details()).containsEntry("retryAfterSeconds", seconds);
              assertThat(e).hasMessageContaining("rate_limited");
            });
  }
}

package io.aom.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SelfTelemetryTest {
  @Test
  void isSentUnlessItIsTurnedOff() throws UsageException {
    assertThat(SelfTelemetry.isWanted(Map.of())).isTrue();
    assertThat(SelfTelemetry.isWanted(Map.of("AOM_SELF_TELEMETRY", "on"))).isTrue();
    assertThat(SelfTelemetry.isWanted(Map.of("AOM_SELF_TELEMETRY", "off"))).isFalse();
    assertThatThrownBy(() -> SelfTelemetry.isWanted(Map.of("AOM_SELF_TELEMETRY", "no")))
        .isInstanceOf(UsageException.class)
        .hasMessage("AOM_SELF_TELEMETRY: no (expected: on or off)");
  }

  /** What docs/self-telemetry.md says. */
  @Test
  void aMetricEveryFifteenSecondsAndATraceOfTenRequests() {
    assertThat(SelfTelemetry.settings("http://127.0.0.1:4318", "k"))
        .containsEntry("management.otlp.metrics.export.step", "15s")
        .containsEntry("management.tracing.sampling.probability", "0.1")
        .containsEntry("management.otlp.metrics.export.url", "http://127.0.0.1:4318/v1/metrics");
  }
}

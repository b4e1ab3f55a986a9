package io.aom.metrics.recording;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Counts in Micrometer. {@code docs/recording-rules.md} lists the names. */
final class RecordingMetrics {
  private final Counter recorded;
  private final Counter failed;
  private final Counter unsettled;
  private final Counter passedOver;
  private final Counter samples;
  private final Timer lag;

  RecordingMetrics(MeterRegistry registry) {
    recorded = registry.counter("aom.metrics.recording.evaluations", "outcome", "recorded");
    failed = registry.counter("aom.metrics.recording.evaluations", "outcome", "failed");
    unsettled = registry.counter("aom.metrics.recording.evaluations", "outcome", "unsettled");
    passedOver = registry.counter("aom.metrics.recording.ticks.passed.over");
    samples = registry.counter("aom.metrics.recording.samples");
    lag = registry.timer("aom.metrics.recording.lag");
  }

  void recorded(int count) {
    recorded.increment();
    samples.increment(count);
  }

  void failed() {
    failed.increment();
  }

  void unsettled() {
    unsettled.increment();
  }

  void passedOver(long ticks) {
    passedOver.increment((double) ticks);
  }

  /** From a tick until all of it was stored. */
  void done(Duration sinceTick) {
    lag.record(sinceTick);
  }
}

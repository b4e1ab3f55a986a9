package io.aom.alarm;

import io.aom.alarm.evaluation.EvaluationMetrics;
import io.aom.alarm.notify.NotificationMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/** Counts in Micrometer. {@code docs/alarms.md} lists the names. */
class AlarmMetrics implements EvaluationMetrics, NotificationMetrics {
  private final MeterRegistry registry;
  private final Counter passedOver;
  private final Counter sent;
  private final Counter failed;
  private final Counter abandoned;
  private final Timer evaluationLag;
  private final Timer deliveryDelay;

  AlarmMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.passedOver = registry.counter("aom.alarm.ticks.passed.over");
    this.sent = registry.counter("aom.alarm.notifications", "outcome", "sent");
    this.failed = registry.counter("aom.alarm.notifications", "outcome", "failed");
    this.abandoned = registry.counter("aom.alarm.notifications", "outcome", "abandoned");
    this.evaluationLag = registry.timer("aom.alarm.evaluation.lag");
    this.deliveryDelay = registry.timer("aom.alarm.notification.delay");
  }

  @Override
  public void attempted(Outcome outcome, Duration lag) {
    registry
        .counter("aom.alarm.evaluations", "outcome", outcome.name().toLowerCase(Locale.ROOT))
        .increment();
    if (outcome == Outcome.EVALUATED) {
      evaluationLag.record(lag);
    }
  }

  @Override
  public void passedOver(long ticks) {
    passedOver.increment((double) ticks);
  }

  @Override
  public void changed(String state) {
    registry.counter("aom.alarm.changes", "state", state).increment();
  }

  @Override
  public void sent(Duration delay) {
    sent.increment();
    deliveryDelay.record(delay);
  }

  @Override
  public void failed() {
    failed.increment();
  }

  @Override
  public void abandoned() {
    abandoned.increment();
  }
}

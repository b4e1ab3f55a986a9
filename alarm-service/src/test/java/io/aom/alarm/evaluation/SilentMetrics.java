package io.aom.alarm.evaluation;

import io.aom.alarm.notify.NotificationMetrics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Counts in memory; for tests of one thread. */
final class SilentMetrics implements EvaluationMetrics, NotificationMetrics {
  final Map<Outcome, Integer> attempts = new EnumMap<>(Outcome.class);
  long passedOver;
  int abandoned;

  @Override
  public void attempted(Outcome outcome, Duration lag) {
    attempts.merge(outcome, 1, Integer::sum);
  }

  @Override
  public void passedOver(long ticks) {
    passedOver += ticks;
  }

  @Override
  public void changed(String state) {}

  @Override
  public void sent(Duration delay) {}

  @Override
  public void failed() {}

  @Override
  public void abandoned() {
    abandoned++;
  }
}

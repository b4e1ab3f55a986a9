package io.aom.alarm.rules;

import io.aom.alarm.query.Answer;
import io.aom.alarm.query.ConditionQueries;
import io.aom.alarm.rule.AlarmRule;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.Duration;
import java.time.InstantSource;

/** Tries a rule's condition once before it is stored. Safe for use by many threads. */
final class ConditionCheck {
  private final ConditionQueries queries;
  private final InstantSource clock;

  ConditionCheck(ConditionQueries queries, InstantSource clock) {
    this.queries = queries;
    this.clock = clock;
  }

  /**
   * Does nothing if the condition can be evaluated, or if nobody can tell now: a rule may be stored
   * while metrics-service is down.
   *
   * @throws RejectedException with 400 if it cannot be evaluated
   */
  void check(AlarmRule rule) {
    try {
      if (queries.ask(rule.tenant(), rule.promql(), clock.instant(), Duration.ZERO)
          instanceof Answer.Refused(String reason)) {
        throw new RejectedException(Problem.BAD_REQUEST, "condition.promql: " + reason);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedException(Problem.UNAVAILABLE, "stopping");
    }
  }
}

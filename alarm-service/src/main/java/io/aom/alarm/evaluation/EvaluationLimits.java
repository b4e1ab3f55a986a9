package io.aom.alarm.evaluation;

import java.time.Duration;

/**
 * Bounds of evaluation.
 *
 * @param settle how long after a tick it is evaluated first, so that what was sent before the tick
 *     has arrived
 * @param catchUp how old a tick may be to be evaluated still
 * @param maxSeries most series of one answer; a condition with more is refused
 */
public record EvaluationLimits(Duration settle, Duration catchUp, int maxSeries) {
  public EvaluationLimits {
    if (settle.isNegative() || catchUp.isNegative() || maxSeries < 1) {
      throw new IllegalArgumentException(
          "aom.alarm.evaluation: settle "
              + settle
              + ", catch-up "
              + catchUp
              + ", max-series "
              + maxSeries
              + " (expected: >= 0, >= 0, >= 1)");
    }
  }
}

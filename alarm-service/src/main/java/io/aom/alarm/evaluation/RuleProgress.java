package io.aom.alarm.evaluation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a rule has been evaluated.
 *
 * @param tick the newest one that is done; of a rule of which none is, the time after which its
 *     first one comes
 * @param begun whether one is done
 * @param error why the condition could not be evaluated at the tick or, for want of time, at the
 *     next one; null if it was
 */
public record RuleProgress(Instant tick, boolean begun, @Nullable String error) {
  /** The one that has come further; {@code other} if both have come equally far. */
  RuleProgress newer(RuleProgress other) {
    return other.tick.isBefore(tick) ? this : other;
  }
}

package io.aom.alarm.state;

import io.aom.alarm.rule.AlarmRule;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Inactive, pending, firing, resolved. A function of what was before and what a complete answer
 * says at a tick; an answer that is not complete must not come here.
 *
 * <p>Evaluating a tick again with the same answer does nothing, and so does a tick older than the
 * alarm's {@link Alarm#lastMark}: after a crash, ticks may be evaluated again.
 */
public final class StateMachine {
  private StateMachine() {}

  /**
   * Evaluates a tick.
   *
   * @param live the rule's alarms that are pending or firing, by fingerprint
   * @param ended when the last alarm of a fingerprint resolved; up to then none starts, so that
   *     ticks evaluated again do not bring it back
   * @param samples every series for which the condition holds
   * @throws RejectedException with 422 if two series differ only in the metric's name
   */
  public static List<Step> evaluate(
      AlarmRule rule,
      Map<String, Alarm> live,
      Map<String, Instant> ended,
      List<Sample> samples,
      Instant tick) {
    Map<String, Sample> present = new LinkedHashMap<>();
    for (Sample sample : samples) {
      if (present.put(Fingerprint.of(rule, sample.labels()), sample) != null) {
        throw new RejectedException(
            Problem.UNPROCESSABLE,
            "condition.promql: two series with labels "
                + sample.labels()
                + " (expected: one; the metric's name does not count)");
      }
    }
    List<Step> steps = new ArrayList<>();
    present.forEach(
        (fingerprint, sample) -> {
          Instant end = ended.get(fingerprint);
          Alarm alarm = live.get(fingerprint);
          if (alarm == null && end != null && !tick.isAfter(end)) {
            return;
          }
          Step step = holds(rule, alarm, sample, tick);
          if (step != null) {
            steps.add(step);
          }
        });
    live.forEach(
        (fingerprint, alarm) -> {
          if (!present.containsKey(fingerprint)) {
            Step step = gone(alarm, rule.keepFiringFor(), tick);
            if (step != null) {
              steps.add(step);
            }
          }
        });
    return steps;
  }

  /** Ends everything: the rule is switched off or deleted. */
  public static List<Step> close(Collection<Alarm> live, Instant now) {
    List<Step> steps = new ArrayList<>();
    for (Alarm alarm : live) {
      Instant at = now.isBefore(alarm.lastMark()) ? alarm.lastMark() : now;
      steps.add(end(alarm, at));
    }
    return steps;
  }

  private static @Nullable Step holds(
      AlarmRule rule, @Nullable Alarm alarm, Sample sample, Instant tick) {
    Alarm now = alarm == null ? Alarm.start(rule, sample, tick) : alarm;
    if (tick.isBefore(now.lastMark())) {
      return null;
    }
    if (now.state() == AlarmState.PENDING && !tick.isBefore(now.startedAt().plus(rule.holdFor()))) {
      return new Step.Put(now.fire(rule, sample.value(), tick));
    }
    if (alarm == null) {
      return new Step.Put(now);
    }
    return now.clearSince() == null ? null : new Step.Put(now.clearing(null));
  }

  private static @Nullable Step gone(Alarm alarm, Duration keepFiringFor, Instant tick) {
    if (tick.isBefore(alarm.lastMark())) {
      return null;
    }
    if (alarm.state() == AlarmState.PENDING) {
      return end(alarm, tick);
    }
    Instant since = alarm.clearSince() == null ? tick : alarm.clearSince();
    if (!tick.isBefore(since.plus(keepFiringFor))) {
      return end(alarm, tick);
    }
    return alarm.clearSince() == null ? new Step.Put(alarm.clearing(tick)) : null;
  }

  private static Step end(Alarm alarm, Instant at) {
    return alarm.state() == AlarmState.PENDING
        ? new Step.Drop(alarm)
        : new Step.Put(alarm.resolve(at));
  }
}

package io.aom.alarm.evaluation;

import io.aom.alarm.evaluation.EvaluationMetrics.Outcome;
import io.aom.alarm.query.Answer;
import io.aom.alarm.query.ConditionQueries;
import io.aom.alarm.rule.AlarmRule;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.service.pace.Paced;
import io.aom.service.pace.Retries;
import io.aom.service.pace.Ticks;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.ShortText;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates one rule, tick by tick and in order. A tick is done when a complete answer has been
 * applied and stored; until then it is tried again, and the states stay as they are. Ticks that
 * were missed are caught up as far as {@link EvaluationLimits#catchUp} reaches.
 *
 * <p>Restores what is stored before its first evaluation, and again whenever a write says that
 * somebody else has changed an alarm, or fails.
 */
final class RuleRunner implements Paced {
  private static final Logger LOG = LoggerFactory.getLogger(RuleRunner.class);
  private static final int MAX_ERROR_LENGTH = 500;

  private final ConditionQueries queries;
  private final EvaluationStores stores;
  private final Progress progress;
  private final EvaluationLimits limits;
  private final EvaluationMetrics metrics;
  private final Retries retries;
  private final InstantSource clock;
  private volatile AlarmRule rule;
  private @Nullable AlarmBook book;
  private @Nullable Instant done;

  /** The newest tick whose question took too long. */
  private @Nullable Instant tookTooLong;

  /** Why the tick in turn is not done yet. */
  private @Nullable String unsettled;

  RuleRunner(
      AlarmRule rule,
      ConditionQueries queries,
      EvaluationStores stores,
      Progress progress,
      EvaluationLimits limits,
      EvaluationMetrics metrics,
      InstantSource clock) {
    this.rule = rule;
    this.clock = clock;
    this.retries = new Retries(rule.id());
    this.queries = queries;
    this.stores = stores;
    this.progress = progress;
    this.limits = limits;
    this.metrics = metrics;
  }

  AlarmRule rule() {
    return rule;
  }

  /** From the next step on, evaluates the rule as it is now. */
  void update(AlarmRule changed) {
    rule = changed;
  }

  @Override
  public Instant step(Instant now) throws InterruptedException {
    AlarmRule current = rule;
    Ticks ticks = current.ticks();
    Instant tick = ticks.after(lastDone(current, ticks, now));
    try {
      AlarmBook restored = book;
      if (restored == null) {
        restored = restore(current, now);
        book = restored;
        tick = ticks.after(lastDone(current, ticks, now));
      }
      Instant due = tick.plus(limits.settle());
      return due.isAfter(now) ? due : evaluate(restored, current, tick, now);
    } catch (RejectedException e) {
      if (e.problem().equals(Problem.UNPROCESSABLE)) {
        return refuse(current, tick, now, String.valueOf(e.getMessage()));
      }
      return forgetAndRetry(tick, now, String.valueOf(e.getMessage()));
    } catch (OpenSearchUnavailableException e) {
      return forgetAndRetry(tick, now, String.valueOf(e.getMessage()));
    }
  }

  private Instant evaluate(AlarmBook restored, AlarmRule current, Instant tick, Instant now)
      throws InterruptedException {
    Duration lag = Duration.between(tick, now);
    switch (queries.ask(current.tenant(), current.promql(), tick, current.interval())) {
      case Answer.Complete(var samples) when samples.size() > limits.maxSeries() -> {
        return refuse(
            current,
            tick,
            now,
            "series: " + samples.size() + " (expected: <= " + limits.maxSeries() + ")");
      }
      case Answer.Complete(var samples) -> {
        restored.evaluate(current, samples, tick);
        metrics.attempted(Outcome.EVALUATED, lag);
        return passOver(tick, now, null);
      }
      case Answer.Refused(String reason) -> {
        return refuse(current, tick, now, reason);
      }
      case Answer.TooLong(String reason) when tick.equals(tookTooLong) -> {
        return refuse(current, tick, now, reason);
      }
      case Answer.TooLong(String reason) -> {
        tookTooLong = tick; // Once may be a moment at which everything was slow.
        return askAgain(current, tick, now, reason);
      }
      case Answer.TimedOut(String reason) -> {
        return askAgain(current, tick, now, reason);
      }
      case Answer.Unsettled(String reason) -> {
        LOG.debug("rule={} tick={} unsettled: {}", current.id(), tick, reason);
        metrics.attempted(Outcome.UNSETTLED, lag);
        return retry(reason);
      }
    }
  }

  /** Reads what is stored; ticks that somebody else has gone past are not evaluated here. */
  private AlarmBook restore(AlarmRule current, Instant now) {
    Instant last = lastDone(current, current.ticks(), now);
    AlarmBook restored = AlarmBook.restore(current.id(), last, stores, metrics);
    Instant change = restored.newestChange();
    if (change != null) {
      // The changes of that tick itself may not all be stored.
      Instant before = change.minusMillis(1);
      done = before.isAfter(last) ? before : last;
    }
    return restored;
  }

  /** The newest tick that is done, or too old to be done still. */
  private Instant lastDone(AlarmRule current, Ticks ticks, Instant now) {
    Instant last = done;
    if (last == null) {
      last = progress.find(current.id());
    }
    if (last == null) {
      // A new rule: its newest tick is evaluated at once.
      last = now.minus(current.interval());
    }
    Instant oldest = now.minus(limits.catchUp()).minus(current.interval());
    if (last.isBefore(oldest)) {
      long passed = ticks.between(last, oldest);
      if (passed > 0) {
        LOG.warn("rule={} ticks={} passed over: older than {}", current.id(), passed, oldest);
        metrics.passedOver(passed);
        String reason = unsettled == null ? "older than " + limits.catchUp() : unsettled;
        progress.tell(
            current.id(),
            oldest,
            ShortText.of("not evaluated in time: " + reason, MAX_ERROR_LENGTH));
      }
      last = oldest;
    }
    done = last;
    return last;
  }

  private Instant passOver(Instant tick, Instant now, @Nullable String error) {
    done = tick;
    progress.put(rule.id(), tick, error);
    unsettled = null;
    retries.succeeded();
    return now;
  }

  private Instant askAgain(AlarmRule current, Instant tick, Instant now, String reason) {
    LOG.warn("rule={} tick={} asked again: {}", current.id(), tick, reason);
    metrics.attempted(Outcome.UNSETTLED, Duration.between(tick, now));
    tell(current, now, reason);
    return retry(reason);
  }

  /** Says what is wrong although the tick in turn is not given up. */
  private void tell(AlarmRule current, Instant now, String reason) {
    Instant last = lastDone(current, current.ticks(), now);
    progress.tell(current.id(), last, ShortText.of(reason, MAX_ERROR_LENGTH));
  }

  private Instant refuse(AlarmRule current, Instant tick, Instant now, String reason) {
    LOG.warn("rule={} tick={} refused: {}", current.id(), tick, reason);
    metrics.attempted(Outcome.REFUSED, Duration.between(tick, now));
    return passOver(tick, now, ShortText.of(reason, MAX_ERROR_LENGTH));
  }

  /**
   * Not stored; or another member, or an earlier life of this one, has written. What is stored
   * counts, so it is read again.
   */
  private Instant forgetAndRetry(Instant tick, Instant now, String reason) {
    LOG.info("rule={} tick={} not stored, read again: {}", rule.id(), tick, reason);
    book = null;
    metrics.attempted(Outcome.UNSETTLED, Duration.between(tick, now));
    return retry(reason);
  }

  /** Waits from now on: the answer may have taken longer than the wait. */
  private Instant retry(String reason) {
    unsettled = reason;
    return retries.failed(clock.instant(), rule.interval());
  }

  /** Ends the rule's alarms. Throws what the store throws; call it again then. */
  static void close(
      String ruleId, Instant now, EvaluationStores stores, EvaluationMetrics metrics) {
    AlarmBook.restore(ruleId, now, stores, metrics).close(now);
  }
}

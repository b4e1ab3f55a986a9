package io.aom.alarm.evaluation;

import io.aom.alarm.notify.Outbox;
import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.state.Alarm;
import io.aom.alarm.state.AlarmState;
import io.aom.alarm.state.Sample;
import io.aom.alarm.state.StateMachine;
import io.aom.alarm.state.Step;
import io.aom.alarm.store.AlarmStore;
import io.aom.opensearch.documents.Versioned;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The alarms of one rule: as stored, and what a tick makes of them. A change counts once it is
 * stored; a write that fails leaves the rest of the tick undone, and doing the tick again is
 * harmless.
 *
 * <p>Not safe for use by many threads.
 */
final class AlarmBook {
  private final AlarmStore alarms;
  private final Outbox outbox;
  private final Fence fence;
  private final EvaluationMetrics metrics;
  private final Map<String, Versioned<Alarm>> live = new HashMap<>();
  private final Map<String, Instant> ended = new HashMap<>();

  private AlarmBook(EvaluationStores stores, Fence fence, EvaluationMetrics metrics) {
    this.alarms = stores.alarms();
    this.outbox = stores.outbox();
    this.fence = fence;
    this.metrics = metrics;
  }

  /**
   * Reads what is stored, and announces what a crash has left unannounced.
   *
   * @param from oldest tick that may be evaluated
   */
  static AlarmBook restore(
      String ruleId, Instant from, EvaluationStores stores, EvaluationMetrics metrics) {
    // The fence first: who moves it later than this makes our next change fail.
    AlarmBook book = new AlarmBook(stores, Fence.read(stores.fences(), ruleId), metrics);
    book.ended.putAll(stores.alarms().endedSince(ruleId, from));
    for (Versioned<Alarm> stored : stores.alarms().unsettled(ruleId)) {
      Versioned<Alarm> alarm = stores.outbox().announce(stored);
      if (alarm.value().state() != AlarmState.RESOLVED) {
        book.live.put(alarm.value().fingerprint(), alarm);
      }
    }
    return book;
  }

  /** The newest tick that has changed an alarm; null if none has. */
  @Nullable Instant newestChange() {
    return fence.tick();
  }

  /** Applies a complete answer. */
  void evaluate(AlarmRule rule, List<Sample> samples, Instant tick) {
    ended.values().removeIf(end -> end.isBefore(tick));
    Map<String, Alarm> now = new HashMap<>();
    live.forEach((fingerprint, alarm) -> now.put(fingerprint, alarm.value()));
    apply(StateMachine.evaluate(rule, now, ended, samples, tick), tick);
  }

  /** Ends every alarm: the rule is switched off or gone. */
  void close(Instant now) {
    apply(StateMachine.close(live.values().stream().map(Versioned::value).toList(), now), now);
    fence.remove();
  }

  private void apply(List<Step> steps, Instant tick) {
    if (!steps.isEmpty()) {
      fence.move(tick);
      steps.forEach(this::apply);
    }
  }

  private void apply(Step step) {
    switch (step) {
      case Step.Drop(Alarm alarm) -> {
        Versioned<Alarm> stored = live.get(alarm.fingerprint());
        if (stored != null) {
          alarms.delete(stored);
          live.remove(alarm.fingerprint());
        }
      }
      case Step.Put(Alarm alarm) -> put(alarm);
    }
  }

  private void put(Alarm alarm) {
    Versioned<Alarm> before = live.get(alarm.fingerprint());
    Versioned<Alarm> stored = before == null ? alarms.create(alarm) : alarms.replace(before, alarm);
    if (before == null || before.value().state() != alarm.state()) {
      metrics.changed(alarm.state().wireName());
    }
    live.put(alarm.fingerprint(), stored);
    Versioned<Alarm> announced = outbox.announce(stored);
    if (alarm.state() == AlarmState.RESOLVED) {
      live.remove(alarm.fingerprint());
      ended.put(alarm.fingerprint(), alarm.lastMark());
    } else {
      live.put(alarm.fingerprint(), announced);
    }
  }
}

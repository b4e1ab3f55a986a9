package io.aom.alarm.state;

import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.rule.AnnotationTemplate;
import io.aom.alarm.rule.Receiver;
import io.aom.alarm.rule.Severity;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One time that a rule's condition held for one label set, from its start to its end.
 *
 * @param id {@code <fingerprint>-<start in hex milliseconds>}: evaluating a tick again names the
 *     same alarm
 * @param value of the condition at the last change
 * @param startedAt tick at which the condition first held
 * @param clearSince tick since which the condition has gone while the alarm is kept firing; null
 *     while it holds
 * @param history what happened, oldest first
 * @param receivers who were told that it fires, and so are told when it resolves
 * @param announced {@link Change#seq} up to which notifications have been made out
 */
public record Alarm(
    String id,
    TenantId tenant,
    String ruleId,
    String ruleName,
    Severity severity,
    String fingerprint,
    AlarmState state,
    SortedMap<String, String> labels,
    Map<String, String> annotations,
    double value,
    Instant startedAt,
    @Nullable Instant clearSince,
    List<Change> history,
    List<Receiver> receivers,
    long announced) {

  /**
   * The alarm came into a state.
   *
   * @param seq number that grows over all alarms of one fingerprint: it starts at the alarm's start
   *     in epoch milliseconds and grows by one with each change
   */
  public record Change(long seq, AlarmState state, Instant at, double value) {}

  public Alarm {
    labels = new TreeMap<>(labels);
    annotations = Map.copyOf(annotations);
    history = List.copyOf(history);
    receivers = List.copyOf(receivers);
    if (history.isEmpty() || history.getLast().state() != state) {
      throw new IllegalArgumentException(
          "history: " + history + " (expected: ends in " + state + ")");
    }
  }

  /** An alarm that starts at {@code tick}, pending. */
  static Alarm start(AlarmRule rule, Sample sample, Instant tick) {
    String fingerprint = Fingerprint.of(rule, sample.labels());
    SortedMap<String, String> labels = new TreeMap<>(sample.labels());
    labels.put("alertname", rule.name());
    labels.put("severity", rule.severity().wireName());
    labels.putAll(rule.labels());
    return new Alarm(
        fingerprint + "-" + Long.toHexString(tick.toEpochMilli()),
        rule.tenant(),
        rule.id(),
        rule.name(),
        rule.severity(),
        fingerprint,
        AlarmState.PENDING,
        labels,
        annotations(rule, labels, sample.value()),
        sample.value(),
        tick,
        null,
        List.of(new Change(tick.toEpochMilli(), AlarmState.PENDING, tick, sample.value())),
        List.of(),
        tick.toEpochMilli() - 1);
  }

  private static Map<String, String> annotations(
      AlarmRule rule, Map<String, String> labels, double value) {
    Map<String, String> filled = new LinkedHashMap<>();
    rule.annotations()
        .forEach((name, text) -> filled.put(name, AnnotationTemplate.fill(text, labels, value)));
    return filled;
  }

  /** Fires now, in the rule's present words. */
  Alarm fire(AlarmRule rule, double now, Instant tick) {
    return new Alarm(
        id,
        tenant,
        ruleId,
        rule.name(),
        rule.severity(),
        fingerprint,
        AlarmState.FIRING,
        labels,
        annotations(rule, labels, now),
        now,
        startedAt,
        null,
        plus(AlarmState.FIRING, now, tick),
        rule.receivers(),
        announced);
  }

  Alarm resolve(Instant tick) {
    return with(AlarmState.RESOLVED, clearSince, plus(AlarmState.RESOLVED, value, tick), announced);
  }

  Alarm clearing(@Nullable Instant since) {
    return with(state, since, history, announced);
  }

  /** The same, knowing that every notification of its changes so far has been made out. */
  public Alarm withAllAnnounced() {
    return with(state, clearSince, history, history.getLast().seq());
  }

  private Alarm with(
      AlarmState newState, @Nullable Instant newClearSince, List<Change> changes, long upTo) {
    return new Alarm(
        id,
        tenant,
        ruleId,
        ruleName,
        severity,
        fingerprint,
        newState,
        labels,
        annotations,
        value,
        startedAt,
        newClearSince,
        changes,
        receivers,
        upTo);
  }

  private List<Change> plus(AlarmState to, double now, Instant tick) {
    List<Change> changes = new ArrayList<>(history);
    changes.add(new Change(history.getLast().seq() + 1, to, tick, now));
    return changes;
  }

  /** The changes that somebody is to be told of and that no notification is made out for. */
  public List<Change> unannounced() {
    return history.stream()
        .filter(change -> change.seq() > announced && change.state() != AlarmState.PENDING)
        .toList();
  }

  /** Whether nothing can happen to it any more. */
  public boolean settled() {
    return state == AlarmState.RESOLVED && unannounced().isEmpty();
  }

  /** When it came into {@code wanted}; null if it never has. */
  public @Nullable Instant since(AlarmState wanted) {
    for (Change change : history) {
      if (change.state() == wanted) {
        return change.at();
      }
    }
    return null;
  }

  /** The newest tick that left a mark; an evaluation of an older one says nothing new. */
  public Instant lastMark() {
    Instant changed = history.getLast().at();
    return clearSince != null && clearSince.isAfter(changed) ? clearSince : changed;
  }
}

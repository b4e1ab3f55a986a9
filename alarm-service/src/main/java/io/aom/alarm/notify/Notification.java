package io.aom.alarm.notify;

import io.aom.alarm.rule.Receiver;
import io.aom.alarm.state.Alarm;
import io.aom.alarm.state.Alarm.Change;
import io.aom.alarm.state.AlarmState;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One receiver is to be told of one change of one alarm.
 *
 * @param id follows from alarm, change and receiver, so making it out twice makes one
 * @param seq of the change, see {@link Change#seq}
 * @param state firing or resolved
 * @param at when the change happened
 */
public record Notification(
    String id,
    TenantId tenant,
    String ruleId,
    String ruleName,
    String alarmId,
    String fingerprint,
    long seq,
    AlarmState state,
    SortedMap<String, String> labels,
    Map<String, String> annotations,
    Instant startedAt,
    Instant at,
    Receiver receiver) {

  public Notification {
    labels = new TreeMap<>(labels);
    annotations = Map.copyOf(annotations);
  }

  static Notification of(Alarm alarm, Change change, Receiver receiver) {
    return new Notification(
        alarm.id()
            + "-"
            + (change.seq() - alarm.startedAt().toEpochMilli())
            + "-"
            + ReceiverKey.of(alarm.tenant(), receiver),
        alarm.tenant(),
        alarm.ruleId(),
        alarm.ruleName(),
        alarm.id(),
        alarm.fingerprint(),
        change.seq(),
        change.state(),
        alarm.labels(),
        alarm.annotations(),
        alarm.startedAt(),
        change.at(),
        receiver);
  }

  /** The same for every attempt to tell of this change, and for no other change. */
  public String idempotencyKey() {
    return fingerprint + ":" + seq;
  }

  /** Names the queue that it waits in. */
  public String receiverKey() {
    return ReceiverKey.of(tenant, receiver);
  }
}

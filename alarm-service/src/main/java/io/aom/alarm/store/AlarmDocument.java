package io.aom.alarm.store;

import io.aom.alarm.rule.Receiver;
import io.aom.alarm.rule.Severity;
import io.aom.alarm.state.Alarm;
import io.aom.alarm.state.Alarm.Change;
import io.aom.alarm.state.AlarmState;
import io.aom.opensearch.documents.DocumentType;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An alarm as it is stored. Times are epoch milliseconds; values are text, because JSON has no NaN
 * and no infinity.
 *
 * @param settled {@code "true"} once nothing can happen to it any more
 * @param changedAt when it came into its state
 */
public record AlarmDocument(
    String id,
    String tenant,
    String ruleId,
    String ruleName,
    String severity,
    String fingerprint,
    String state,
    String settled,
    Map<String, String> labels,
    Map<String, String> annotations,
    String value,
    long startedAt,
    long changedAt,
    @Nullable Long clearSince,
    List<ChangeDocument> history,
    List<String> webhooks,
    long announced) {

  /** One change of an alarm. */
  public record ChangeDocument(long seq, String state, long at, String value) {}

  public static final DocumentType<AlarmDocument> TYPE =
      new DocumentType<>(
          "aom-alarms",
          AlarmDocument.class,
          List.of("tenant", "ruleId", "severity", "fingerprint", "state", "settled"),
          List.of("startedAt", "changedAt"),
          false);

  static AlarmDocument of(Alarm alarm) {
    Instant clearSince = alarm.clearSince();
    return new AlarmDocument(
        alarm.id(),
        alarm.tenant().value(),
        alarm.ruleId(),
        alarm.ruleName(),
        alarm.severity().wireName(),
        alarm.fingerprint(),
        alarm.state().wireName(),
        Boolean.toString(alarm.settled()),
        alarm.labels(),
        alarm.annotations(),
        Double.toString(alarm.value()),
        alarm.startedAt().toEpochMilli(),
        alarm.history().getLast().at().toEpochMilli(),
        clearSince == null ? null : clearSince.toEpochMilli(),
        alarm.history().stream()
            .map(
                change ->
                    new ChangeDocument(
                        change.seq(),
                        change.state().wireName(),
                        change.at().toEpochMilli(),
                        Double.toString(change.value())))
            .toList(),
        alarm.receivers().stream().map(receiver -> receiver.url().toString()).toList(),
        alarm.announced());
  }

  Alarm toAlarm() {
    return new Alarm(
        id,
        new TenantId(tenant),
        ruleId,
        ruleName,
        Severity.parse(severity),
        fingerprint,
        AlarmState.parse(state),
        new TreeMap<>(labels),
        annotations,
        Double.parseDouble(value),
        Instant.ofEpochMilli(startedAt),
        clearSince == null ? null : Instant.ofEpochMilli(clearSince),
        history.stream()
            .map(
                change ->
                    new Change(
                        change.seq(),
                        AlarmState.parse(change.state()),
                        Instant.ofEpochMilli(change.at()),
                        Double.parseDouble(change.value())))
            .toList(),
        webhooks.stream().map(Receiver::webhook).toList(),
        announced);
  }
}

package io.aom.alarm.notify;

import io.aom.alarm.rule.Receiver;
import io.aom.alarm.state.AlarmState;
import io.aom.opensearch.documents.DocumentType;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A notification as it is stored. Times are epoch milliseconds.
 *
 * @param delivery {@code waiting}, {@code sent} or {@code abandoned}
 * @param reason why it was abandoned
 */
public record NotificationDocument(
    String id,
    String tenant,
    String ruleId,
    String ruleName,
    String alarmId,
    String fingerprint,
    long seq,
    String state,
    Map<String, String> labels,
    Map<String, String> annotations,
    long startedAt,
    long at,
    String webhook,
    String receiverKey,
    String delivery,
    @Nullable Long endedAt,
    @Nullable String reason) {

  static final String WAITING = "waiting";
  static final String SENT = "sent";
  static final String ABANDONED = "abandoned";

  public static final DocumentType<NotificationDocument> TYPE =
      new DocumentType<>(
          "aom-notifications",
          NotificationDocument.class,
          List.of("tenant", "ruleId", "alarmId", "receiverKey", "delivery"),
          List.of("at", "endedAt"),
          false);

  static NotificationDocument waiting(Notification notification) {
    return new NotificationDocument(
        notification.id(),
        notification.tenant().value(),
        notification.ruleId(),
        notification.ruleName(),
        notification.alarmId(),
        notification.fingerprint(),
        notification.seq(),
        notification.state().wireName(),
        notification.labels(),
        notification.annotations(),
        notification.startedAt().toEpochMilli(),
        notification.at().toEpochMilli(),
        notification.receiver().url().toString(),
        notification.receiverKey(),
        WAITING,
        null,
        null);
  }

  NotificationDocument ended(String how, Instant when, @Nullable String why) {
    return new NotificationDocument(
        id,
        tenant,
        ruleId,
        ruleName,
        alarmId,
        fingerprint,
        seq,
        state,
        labels,
        annotations,
        startedAt,
        at,
        webhook,
        receiverKey,
        how,
        when.toEpochMilli(),
        why);
  }

  Notification toNotification() {
    return new Notification(
        id,
        new TenantId(tenant),
        ruleId,
        ruleName,
        alarmId,
        fingerprint,
        seq,
        AlarmState.parse(state),
        new TreeMap<>(labels),
        annotations,
        Instant.ofEpochMilli(startedAt),
        Instant.ofEpochMilli(at),
        Receiver.webhook(webhook));
  }
}

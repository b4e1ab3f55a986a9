package io.aom.alarm.notify;

import io.aom.alarm.rule.Receiver;
import io.aom.alarm.rule.Rules;
import io.aom.alarm.state.AlarmState;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Notifications for tests. */
final class Notifications {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Notifications() {}

  static Notification of(String fingerprint, AlarmState state, String url) {
    int change = state.ordinal();
    return new Notification(
        fingerprint + "-1-" + change + "-" + url.hashCode(),
        Rules.TENANT,
        "rule",
        "Too slow",
        fingerprint + "-1",
        fingerprint,
        1000 + change,
        state,
        new TreeMap<>(Map.of("alertname", "Too slow", "host", "h1")),
        Map.of("summary", "h1 is slow"),
        START,
        START.plusSeconds(change),
        Receiver.webhook(url));
  }
}

package io.aom.alarm.notify;

import io.aom.alarm.state.AlarmState;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The body of a webhook: Alertmanager's payload, version 4, with one alert in it. Its words are
 * Alertmanager's.
 *
 * @param truncatedAlerts always 0
 * @param groupKey the alarm's rule and fingerprint
 */
record WebhookPayload(
    String version,
    String groupKey,
    int truncatedAlerts,
    String status,
    String receiver,
    Map<String, String> groupLabels,
    SortedMap<String, String> commonLabels,
    Map<String, String> commonAnnotations,
    String externalURL,
    List<Alert> alerts) {

  private static final String VERSION = "4";

  /** How Alertmanager writes the end of an alert that has none: Go's zero time. */
  private static final String NO_END = "0001-01-01T00:00:00Z";

  /** One alarm. */
  record Alert(
      String status,
      SortedMap<String, String> labels,
      Map<String, String> annotations,
      String startsAt,
      String endsAt,
      String generatorURL,
      String fingerprint) {}

  static WebhookPayload of(Notification notification, URI aom) {
    String base = aom.toString().replaceAll("/+$", "");
    String status = notification.state().wireName();
    Alert alert =
        new Alert(
            status,
            notification.labels(),
            notification.annotations(),
            notification.startedAt().toString(),
            notification.state() == AlarmState.RESOLVED ? notification.at().toString() : NO_END,
            base + "/alarms?alarm=" + notification.alarmId(),
            notification.fingerprint());
    return new WebhookPayload(
        VERSION,
        notification.ruleId() + ":" + notification.fingerprint(),
        0,
        status,
        "webhook",
        Map.of("alertname", notification.ruleName()),
        notification.labels(),
        notification.annotations(),
        base,
        List.of(alert));
  }
}

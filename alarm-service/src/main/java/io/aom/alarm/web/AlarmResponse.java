package io.aom.alarm.web;

import io.aom.alarm.state.Alarm;
import io.aom.alarm.state.AlarmState;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.Versioned;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An alarm as it is answered.
 *
 * @param value a number, or as text what JSON has no number for: NaN, Infinity, -Infinity
 */
record AlarmResponse(
    String id,
    String ruleId,
    String ruleName,
    String severity,
    String state,
    Map<String, String> labels,
    Map<String, String> annotations,
    Object value,
    Instant startedAt,
    @Nullable Instant firedAt,
    @Nullable Instant resolvedAt,
    List<Entry> history) {

  /** The alarm came into a state. */
  record Entry(String state, Instant at, Object value) {}

  /** A page of alarms. */
  record Alarms(List<AlarmResponse> alarms, @Nullable String cursor) {
    static Alarms of(Page<Alarm> page) {
      return new Alarms(
          page.documents().stream().map(Versioned::value).map(AlarmResponse::of).toList(),
          page.cursor());
    }
  }

  static AlarmResponse of(Alarm alarm) {
    return new AlarmResponse(
        alarm.id(),
        alarm.ruleId(),
        alarm.ruleName(),
        alarm.severity().wireName(),
        alarm.state().wireName(),
        alarm.labels(),
        new TreeMap<>(alarm.annotations()),
        number(alarm.value()),
        alarm.startedAt(),
        alarm.since(AlarmState.FIRING),
        alarm.since(AlarmState.RESOLVED),
        alarm.history().stream()
            .map(
                change -> new Entry(change.state().wireName(), change.at(), number(change.value())))
            .toList());
  }

  private static Object number(double value) {
    return Double.isFinite(value) ? (Object) value : Double.toString(value);
  }
}

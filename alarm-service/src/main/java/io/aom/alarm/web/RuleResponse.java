package io.aom.alarm.web;

import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.web.RuleBody.Condition;
import io.aom.alarm.web.RuleBody.ReceiverBody;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.Versioned;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A rule as it is answered. */
record RuleResponse(
    String id,
    String name,
    boolean enabled,
    Condition condition,
    long forSeconds,
    long keepFiringForSeconds,
    long intervalSeconds,
    String severity,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<ReceiverBody> receivers,
    String version) {

  /** A page of rules. */
  record Rules(List<RuleResponse> rules, @Nullable String cursor) {
    static Rules of(Page<AlarmRule> page, boolean masked) {
      return new Rules(
          page.documents().stream().map(rule -> RuleResponse.of(rule, masked)).toList(),
          page.cursor());
    }
  }

  /**
   * @param masked whether to leave out of the receivers' addresses what may be secret
   */
  static RuleResponse of(Versioned<AlarmRule> stored, boolean masked) {
    AlarmRule rule = stored.value();
    return new RuleResponse(
        rule.id(),
        rule.name(),
        rule.enabled(),
        new Condition(rule.promql()),
        rule.holdFor().toSeconds(),
        rule.keepFiringFor().toSeconds(),
        rule.interval().toSeconds(),
        rule.severity().wireName(),
        new TreeMap<>(rule.labels()),
        new TreeMap<>(rule.annotations()),
        rule.receivers().stream().map(receiver -> ReceiverBody.of(receiver, masked)).toList(),
        stored.version().toString());
  }
}

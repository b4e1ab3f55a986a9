package io.aom.alarm.store;

import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.rule.Receiver;
import io.aom.alarm.rule.Severity;
import io.aom.opensearch.documents.DocumentType;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An alarm rule as it is stored. */
public record RuleDocument(
    String id,
    String tenant,
    String name,
    boolean enabled,
    String promql,
    long forSeconds,
    long keepFiringForSeconds,
    long intervalSeconds,
    String severity,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<String> webhooks) {

  public static final DocumentType<RuleDocument> TYPE =
      new DocumentType<>(
          "aom-alarm-rules", RuleDocument.class, List.of("tenant", "name"), List.of(), true);

  static RuleDocument of(AlarmRule rule) {
    return new RuleDocument(
        rule.id(),
        rule.tenant().value(),
        rule.name(),
        rule.enabled(),
        rule.promql(),
        rule.holdFor().toSeconds(),
        rule.keepFiringFor().toSeconds(),
        rule.interval().toSeconds(),
        rule.severity().wireName(),
        rule.labels(),
        rule.annotations(),
        rule.receivers().stream().map(receiver -> receiver.url().toString()).toList());
  }

  AlarmRule toRule() {
    return new AlarmRule(
        id,
        new TenantId(tenant),
        name,
        enabled,
        promql,
        Duration.ofSeconds(forSeconds),
        Duration.ofSeconds(keepFiringForSeconds),
        Duration.ofSeconds(intervalSeconds),
        Severity.parse(severity),
        labels,
        annotations,
        webhooks.stream().map(Receiver::webhook).toList());
  }
}

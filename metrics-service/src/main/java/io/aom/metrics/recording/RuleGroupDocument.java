package io.aom.metrics.recording;

import io.aom.opensearch.documents.DocumentType;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A group as it is stored. */
public record RuleGroupDocument(
    String tenant,
    String name,
    long intervalMillis,
    long queryOffsetMillis,
    int limit,
    Map<String, String> labels,
    List<Rule> rules) {

  public static final DocumentType<RuleGroupDocument> TYPE =
      new DocumentType<>(
          "aom-recording-rules",
          RuleGroupDocument.class,
          List.of("tenant", "name"),
          List.of(),
          true);

  /** A rule as it is stored. */
  public record Rule(String record, String expr, Map<String, String> labels) {}

  static RuleGroupDocument of(RuleGroup group) {
    return new RuleGroupDocument(
        group.tenant().value(),
        group.name(),
        group.interval().toMillis(),
        group.queryOffset().toMillis(),
        group.limit(),
        group.labels(),
        group.rules().stream()
            .map(rule -> new Rule(rule.record(), rule.expr(), rule.labels()))
            .toList());
  }

  RuleGroup toGroup() {
    return new RuleGroup(
        new TenantId(tenant),
        name,
        Duration.ofMillis(intervalMillis),
        Duration.ofMillis(queryOffsetMillis),
        limit,
        labels,
        rules.stream()
            .map(rule -> new RecordingRule(rule.record(), rule.expr(), rule.labels()))
            .toList());
  }
}

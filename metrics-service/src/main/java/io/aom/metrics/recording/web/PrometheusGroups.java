package io.aom.metrics.recording.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.metrics.recording.GroupState;
import io.aom.metrics.recording.GroupState.RuleState;
import io.aom.metrics.recording.RecordingRule;
import io.aom.metrics.recording.RuleGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Groups in the words of Prometheus's HTTP API
 * (https://prometheus.io/docs/prometheus/latest/querying/api/#rules).
 */
record PrometheusGroups(List<Group> groups) {
  /** What Prometheus says of a time that has not come yet. */
  private static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

  /** Where Prometheus names the file of a group. */
  private static final String FILE = "recording rules";

  /**
   * @param health ok, err, or unknown as long as the rule was not evaluated
   * @param lastError why it failed at the newest tick, or else why ticks were left out before
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Rule(
      String name,
      String query,
      Map<String, String> labels,
      String health,
      @Nullable String lastError,
      double evaluationTime,
      Instant lastEvaluation,
      String type) {}

  /** Times in seconds. */
  record Group(
      String name,
      String file,
      List<Rule> rules,
      double interval,
      int limit,
      double evaluationTime,
      Instant lastEvaluation) {}

  static Group of(RuleGroup group, @Nullable GroupState state) {
    Instant last =
        state == null || state.evaluatedMillis() == 0
            ? NEVER
            : Instant.ofEpochMilli(state.evaluatedMillis());
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < group.rules().size(); i++) {
      RecordingRule rule = group.rules().get(i);
      RuleState became = state == null ? null : state.of(i, rule.record());
      String error = became == null ? null : became.error();
      if (error == null && became != null && state != null) {
        error = state.error();
      }
      Map<String, String> labels = new TreeMap<>(group.labels());
      labels.putAll(rule.labels());
      rules.add(
          new Rule(
              rule.record(),
              rule.expr(),
              labels,
              error != null ? "err" : became == null ? "unknown" : "ok",
              error,
              became == null ? 0 : became.seconds(),
              became == null ? NEVER : last,
              "recording"));
    }
    return new Group(
        group.name(),
        FILE,
        rules,
        group.interval().toMillis() / 1000.0,
        group.limit(),
        state == null ? 0 : state.seconds(),
        last);
  }
}

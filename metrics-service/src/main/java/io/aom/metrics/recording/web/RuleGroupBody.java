package io.aom.metrics.recording.web;

import io.aom.metrics.recording.RecordingRule;
import io.aom.metrics.recording.RuleGroup;
import io.aom.service.documents.Members;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A group as a caller writes it; {@code id} and {@code version} may stay in from one that was read,
 * as may what became of the rules.
 */
record RuleGroupBody(
    @Nullable String id,
    @Nullable String name,
    @Nullable Double intervalSeconds,
    @Nullable Double queryOffsetSeconds,
    @Nullable Integer limit,
    @Nullable Map<String, @Nullable String> labels,
    @Nullable List<@Nullable RuleBody> rules,
    @Nullable Object state,
    @Nullable String version) {
  private static final double MAX_SECONDS = 1e7;

  /** A rule as a caller writes it. */
  record RuleBody(
      @Nullable String record,
      @Nullable String expr,
      @Nullable Map<String, @Nullable String> labels,
      @Nullable Object state) {}

  RuleGroup toGroup(TenantId tenant) {
    List<RecordingRule> made = new ArrayList<>();
    if (rules != null) {
      for (int i = 0; i < rules.size(); i++) {
        made.add(rule("rules[" + i + "]", rules.get(i)));
      }
    }
    return new RuleGroup(
        tenant,
        Members.required("name", name),
        seconds("intervalSeconds", intervalSeconds, RuleGroup.DEFAULT_INTERVAL),
        seconds("queryOffsetSeconds", queryOffsetSeconds, Duration.ZERO),
        limit == null ? 0 : limit,
        Members.texts("labels", labels),
        made);
  }

  private static RecordingRule rule(String where, @Nullable RuleBody given) {
    if (given == null) {
      throw new RejectedException(
          Problem.BAD_REQUEST, where + ": null (expected: record and expr)");
    }
    try {
      return new RecordingRule(
          Members.required("record", given.record()),
          Members.required("expr", given.expr()),
          Members.texts("labels", given.labels()));
    } catch (RejectedException e) {
      throw new RejectedException(e.problem(), where + "." + e.getMessage(), e.details());
    }
  }

  private static Duration seconds(String member, @Nullable Double value, Duration otherwise) {
    if (value == null) {
      return otherwise;
    }
    if (!(value >= 0 && value <= MAX_SECONDS)) {
      throw new RejectedException(
          Problem.BAD_REQUEST, member + ": " + value + " (expected: seconds, not negative)");
    }
    return Duration.ofMillis(Math.round(value * 1000));
  }
}

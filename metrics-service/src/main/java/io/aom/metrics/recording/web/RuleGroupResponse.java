package io.aom.metrics.recording.web;

import io.aom.metrics.recording.GroupState;
import io.aom.metrics.recording.GroupState.RuleState;
import io.aom.metrics.recording.RecordingRule;
import io.aom.metrics.recording.RuleGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A group as it is answered.
 *
 * @param state null as long as it was not evaluated
 */
record RuleGroupResponse(
    String id,
    String name,
    double intervalSeconds,
    double queryOffsetSeconds,
    int limit,
    Map<String, String> labels,
    List<Rule> rules,
    @Nullable State state,
    String version) {

  /**
   * @param state null as long as it was not evaluated
   */
  record Rule(String record, String expr, Map<String, String> labels, @Nullable RuleHealth state) {}

  /** What became of a rule at the newest tick; {@code error} is null if all went well. */
  record RuleHealth(int series, double seconds, @Nullable String error) {}

  /**
   * @param tick the newest that is recorded
   * @param evaluated when that was
   * @param error why there is a gap before what is being caught up; null if there is none
   * @param passedOver null if there were never any such ticks
   */
  record State(
      Instant tick,
      Instant evaluated,
      double seconds,
      @Nullable String error,
      @Nullable PassedOver passedOver) {}

  /**
   * Ticks that were never evaluated.
   *
   * @param ticks how many since the group was made
   * @param newest the newest of them
   */
  record PassedOver(long ticks, Instant newest) {
    static @Nullable PassedOver of(GroupState.@Nullable PassedOver known) {
      return known == null
          ? null
          : new PassedOver(known.ticks(), Instant.ofEpochMilli(known.newest()));
    }
  }

  /** A page of groups. */
  record Groups(List<RuleGroupResponse> groups, @Nullable String cursor) {}

  static RuleGroupResponse of(
      String id, RuleGroup group, @Nullable GroupState state, String version) {
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < group.rules().size(); i++) {
      RecordingRule rule = group.rules().get(i);
      RuleState became = state == null ? null : state.of(i, rule.record());
      rules.add(
          new Rule(
              rule.record(),
              rule.expr(),
              rule.labels(),
              became == null
                  ? null
                  : new RuleHealth(became.series(), became.seconds(), became.error())));
    }
    return new RuleGroupResponse(
        id,
        group.name(),
        seconds(group.interval()),
        seconds(group.queryOffset()),
        group.limit(),
        group.labels(),
        rules,
        state == null || state.evaluatedMillis() == 0
            ? null
            : new State(
                Instant.ofEpochMilli(state.tick()),
                Instant.ofEpochMilli(state.evaluatedMillis()),
                state.seconds(),
                state.error(),
                PassedOver.of(state.passedOver())),
        version);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}

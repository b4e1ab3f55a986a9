package io.aom.metrics.recording;

import io.aom.opensearch.documents.DocumentType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a group has come.
 *
 * @param tick epoch milliseconds of the newest tick of which everything is in Kafka
 * @param evaluatedMillis when that was, in epoch milliseconds
 * @param seconds how long it took
 * @param rules what became of each rule, in the group's order
 */
public record GroupState(long tick, long evaluatedMillis, double seconds, List<RuleState> rules) {
  public static final DocumentType<GroupState> TYPE =
      new DocumentType<>("aom-recording-states", GroupState.class, List.of(), List.of(), false);

  public GroupState {
    rules = List.copyOf(rules);
  }

  /**
   * @param series how many it gave; 0 if it failed
   * @param error why it failed, or why not all of its series were taken; null otherwise
   */
  public record RuleState(String record, int series, double seconds, @Nullable String error) {

    /** Whether it gave what it had to, all of which or a part is stored. */
    boolean gaveSeries() {
      return error == null || series > 0;
    }
  }

  /** Of a group that begins after {@code tick}. */
  static GroupState before(long tick) {
    return new GroupState(tick, 0, 0, List.of());
  }

  /** What is known of a rule; null if it was not evaluated yet. */
  public @Nullable RuleState of(int rule, String record) {
    return rule < rules.size() && rules.get(rule).record().equals(record) ? rules.get(rule) : null;
  }
}

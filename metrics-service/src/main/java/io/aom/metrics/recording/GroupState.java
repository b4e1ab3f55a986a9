package io.aom.metrics.recording;

import io.aom.opensearch.documents.DocumentType;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a group has come.
 *
 * @param tick epoch milliseconds of the newest tick of which everything is in Kafka
 * @param evaluatedMillis when that was, in epoch milliseconds
 * @param seconds how long it took
 * @param rules what became of each rule, in the group's order
 * @param passedOver what was never evaluated; null if nothing is known of that
 */
public record GroupState(
    long tick,
    long evaluatedMillis,
    double seconds,
    List<RuleState> rules,
    @Nullable PassedOver passedOver) {
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

  /**
   * Ticks that had become too old to be caught up.
   *
   * @param ticks how many since the group was made
   * @param newest the newest of them, in epoch milliseconds
   * @param notedMillis when that was found, in epoch milliseconds
   */
  public record PassedOver(long ticks, long newest, long notedMillis) {}

  /** Of a group that begins after {@code tick}. */
  static GroupState before(long tick) {
    return new GroupState(tick, 0, 0, List.of(), null);
  }

  /** The newest tick that needs not be evaluated any more, in epoch milliseconds. */
  long settledTick() {
    return passedOver == null ? tick : Math.max(tick, passedOver.newest());
  }

  /** Having passed over {@code more} ticks, up to {@code newest}. */
  GroupState passedOver(long more, long newest, long notedMillis) {
    long before = passedOver == null ? 0 : passedOver.ticks();
    return new GroupState(
        tick, evaluatedMillis, seconds, rules, new PassedOver(before + more, newest, notedMillis));
  }

  /**
   * Why the group's series have a gap; null if they have none, or those since are evaluated up to
   * the time when it was found.
   */
  public @Nullable String error() {
    PassedOver gap = passedOver;
    return gap == null || tick >= gap.notedMillis()
        ? null
        : "not evaluated in time: ticks up to "
            + Instant.ofEpochMilli(gap.newest())
            + " ("
            + gap.ticks()
            + " since the group was made)";
  }

  /** What is known of a rule; null if it was not evaluated yet. */
  public @Nullable RuleState of(int rule, String record) {
    return rule < rules.size() && rules.get(rule).record().equals(record) ? rules.get(rule) : null;
  }
}

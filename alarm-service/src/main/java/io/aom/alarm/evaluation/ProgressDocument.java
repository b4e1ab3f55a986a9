package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentType;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a member has evaluated its rules.
 *
 * @param ticks by rule id, epoch milliseconds of {@link RuleProgress#tick}
 * @param errors by rule id, why its condition could not be evaluated at that tick; none of others
 * @param fresh ids of the rules of which no tick is done yet
 */
public record ProgressDocument(
    int ordinal,
    Map<String, Long> ticks,
    @Nullable Map<String, String> errors,
    @Nullable Set<String> fresh) {
  public static final DocumentType<ProgressDocument> TYPE =
      new DocumentType<>("aom-alarm-progress", ProgressDocument.class, List.of(), List.of(), false);

  /** Older members did not say; then there are none. */
  @Override
  public Map<String, String> errors() {
    return errors == null ? Map.of() : errors;
  }

  /** Older members did not say; then there are none. */
  @Override
  public Set<String> fresh() {
    return fresh == null ? Set.of() : fresh;
  }

  /** By rule id. */
  Map<String, RuleProgress> rules() {
    Map<String, RuleProgress> rules = new HashMap<>();
    ticks.forEach(
        (rule, tick) ->
            rules.put(
                rule,
                new RuleProgress(
                    Instant.ofEpochMilli(tick), !fresh().contains(rule), errors().get(rule))));
    return rules;
  }
}

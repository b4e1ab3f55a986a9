package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far all members together have evaluated their rules. Safe for use by many threads. */
public final class RuleTicks {
  private static final int PAGE = 500;

  private final DocumentStore<ProgressDocument> documents;

  public RuleTicks(DocumentStore<ProgressDocument> documents) {
    this.documents = documents;
  }

  /**
   * A rule's newest tick that is done.
   *
   * @param error why the condition could not be evaluated at it; null if it was
   */
  public record Evaluated(Instant tick, @Nullable String error) {}

  /** By rule id, the newest tick that is done as far as it is saved: some ten seconds behind. */
  public Map<String, Evaluated> newest() {
    Map<String, Evaluated> newest = new HashMap<>();
    for (Versioned<ProgressDocument> member : documents.listAll(DocumentQuery.first(PAGE))) {
      Map<String, String> errors = member.value().errors();
      member
          .value()
          .ticks()
          .forEach(
              (rule, tick) ->
                  newest.merge(
                      rule,
                      new Evaluated(Instant.ofEpochMilli(tick), errors.get(rule)),
                      (one, other) -> one.tick().isAfter(other.tick()) ? one : other));
    }
    return newest;
  }
}

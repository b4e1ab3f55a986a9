package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** How far all members together have evaluated their rules. Safe for use by many threads. */
public final class RuleTicks {
  private static final int PAGE = 500;

  private final DocumentStore<ProgressDocument> documents;

  public RuleTicks(DocumentStore<ProgressDocument> documents) {
    this.documents = documents;
  }

  /** By rule id, the newest tick that is done as far as it is saved: some ten seconds behind. */
  public Map<String, Instant> newest() {
    Map<String, Instant> newest = new HashMap<>();
    for (Versioned<ProgressDocument> member : documents.listAll(DocumentQuery.first(PAGE))) {
      member
          .value()
          .ticks()
          .forEach(
              (rule, tick) ->
                  newest.merge(
                      rule,
                      Instant.ofEpochMilli(tick),
                      (one, other) -> one.isAfter(other) ? one : other));
    }
    return newest;
  }
}

package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import java.util.HashMap;
import java.util.Map;

/** How far all members together have evaluated their rules. Safe for use by many threads. */
public final class RuleTicks {
  private static final int PAGE = 500;

  private final DocumentStore<ProgressDocument> documents;

  public RuleTicks(DocumentStore<ProgressDocument> documents) {
    this.documents = documents;
  }

  /**
   * By rule id, how far it is as far as that is saved: some ten seconds behind. None of rules that
   * have not begun and of which there is nothing wrong.
   */
  public Map<String, RuleProgress> newest() {
    Map<String, RuleProgress> newest = new HashMap<>();
    for (Versioned<ProgressDocument> member : documents.listAll(DocumentQuery.first(PAGE))) {
      member
          .value()
          .rules()
          .forEach(
              (rule, progress) -> {
                if (progress.begun() || progress.error() != null) {
                  newest.merge(rule, progress, RuleProgress::newer);
                }
              });
    }
    return newest;
  }
}

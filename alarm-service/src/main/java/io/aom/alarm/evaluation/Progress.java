package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How far each rule has been evaluated, so that ticks missed while a member was down are caught up.
 * Saved now and then, so after a crash the newest ticks may be evaluated again; that is harmless.
 * Safe for use by many threads.
 */
final class Progress {
  private static final String ACTOR = "alarm-service";

  private final DocumentStore<ProgressDocument> documents;
  private final int ordinal;
  private final Map<String, RuleProgress> newest = new ConcurrentHashMap<>();

  Progress(DocumentStore<ProgressDocument> documents, int ordinal) {
    this.documents = documents;
    this.ordinal = ordinal;
  }

  /** Reads what all members have saved: a rule may have been another member's. */
  void load() {
    for (Versioned<ProgressDocument> saved : documents.listAll(DocumentQuery.first(500))) {
      saved.value().rules().forEach(this::merge);
    }
  }

  /** The {@link RuleProgress#tick} of the rule; null if it is not known here. */
  @Nullable Instant find(String ruleId) {
    RuleProgress known = newest.get(ruleId);
    return known == null ? null : known.tick();
  }

  /** A rule that is new: its first tick is the one after {@code time}. */
  void begin(String ruleId, Instant time) {
    merge(ruleId, new RuleProgress(time, false, null));
  }

  /**
   * Says why a rule is not evaluated; whether it ever was stays as it is.
   *
   * @param tick the newest one that is done, or too old to be done still
   */
  void tell(String ruleId, Instant tick, String error) {
    RuleProgress known = newest.get(ruleId);
    merge(ruleId, new RuleProgress(tick, known != null && known.begun(), error));
  }

  /**
   * @param error why the condition could not be evaluated at the tick; null if it was
   */
  void put(String ruleId, Instant tick, @Nullable String error) {
    merge(ruleId, new RuleProgress(tick, true, error));
  }

  private void merge(String ruleId, RuleProgress progress) {
    newest.merge(ruleId, progress, RuleProgress::newer);
  }

  void forget(String ruleId) {
    newest.remove(ruleId);
  }

  /** Saves how far {@code rules} have come. */
  void save(Set<String> rules) {
    Map<String, Long> ticks = new HashMap<>();
    Map<String, String> errors = new HashMap<>();
    Set<String> fresh = new HashSet<>();
    newest.forEach(
        (rule, progress) -> {
          if (rules.contains(rule)) {
            ticks.put(rule, progress.tick().toEpochMilli());
            if (progress.error() != null) {
              errors.put(rule, progress.error());
            }
            if (!progress.begun()) {
              fresh.add(rule);
            }
          }
        });
    ProgressDocument document = new ProgressDocument(ordinal, ticks, errors, fresh);
    String id = "member-" + ordinal;
    Versioned<ProgressDocument> saved = documents.find(id).orElse(null);
    if (saved == null) {
      documents.create(id, document, ACTOR);
    } else if (!saved.value().equals(document)) {
      documents.replace(id, document, saved.version(), ACTOR);
    }
  }
}

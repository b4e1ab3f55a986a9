package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import java.time.Instant;
import java.util.HashMap;
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
  private final Map<String, Done> newest = new ConcurrentHashMap<>();

  /**
   * @param error why the condition could not be evaluated; null if it was
   */
  private record Done(long tick, @Nullable String error) {
    Done newer(Done other) {
      return other.tick >= tick ? other : this;
    }
  }

  Progress(DocumentStore<ProgressDocument> documents, int ordinal) {
    this.documents = documents;
    this.ordinal = ordinal;
  }

  /** Reads what all members have saved: a rule may have been another member's. */
  void load() {
    for (Versioned<ProgressDocument> saved : documents.listAll(DocumentQuery.first(500))) {
      Map<String, String> errors = saved.value().errors();
      saved
          .value()
          .ticks()
          .forEach(
              (rule, tick) -> newest.merge(rule, new Done(tick, errors.get(rule)), Done::newer));
    }
  }

  /** The newest tick of the rule that is done; null if it never was evaluated. */
  @Nullable Instant find(String ruleId) {
    Done done = newest.get(ruleId);
    return done == null ? null : Instant.ofEpochMilli(done.tick());
  }

  /**
   * @param error why the condition could not be evaluated at the tick; null if it was
   */
  void put(String ruleId, Instant tick, @Nullable String error) {
    newest.merge(ruleId, new Done(tick.toEpochMilli(), error), Done::newer);
  }

  void forget(String ruleId) {
    newest.remove(ruleId);
  }

  /** Saves how far {@code rules} have come. */
  void save(Set<String> rules) {
    Map<String, Long> ticks = new HashMap<>();
    Map<String, String> errors = new HashMap<>();
    newest.forEach(
        (rule, done) -> {
          if (rules.contains(rule)) {
            ticks.put(rule, done.tick());
            if (done.error() != null) {
              errors.put(rule, done.error());
            }
          }
        });
    ProgressDocument document = new ProgressDocument(ordinal, ticks, errors);
    String id = "member-" + ordinal;
    Versioned<ProgressDocument> saved = documents.find(id).orElse(null);
    if (saved == null) {
      documents.create(id, document, ACTOR);
    } else if (!saved.value().equals(document)) {
      documents.replace(id, document, saved.version(), ACTOR);
    }
  }
}

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
  private final Map<String, Long> ticks = new ConcurrentHashMap<>();

  Progress(DocumentStore<ProgressDocument> documents, int ordinal) {
    this.documents = documents;
    this.ordinal = ordinal;
  }

  /** Reads what all members have saved: a rule may have been another member's. */
  void load() {
    for (Versioned<ProgressDocument> saved : documents.listAll(DocumentQuery.first(500))) {
      saved.value().ticks().forEach((rule, tick) -> ticks.merge(rule, tick, Math::max));
    }
  }

  /** The newest tick of the rule that is done; null if it never was evaluated. */
  @Nullable Instant find(String ruleId) {
    Long tick = ticks.get(ruleId);
    return tick == null ? null : Instant.ofEpochMilli(tick);
  }

  void put(String ruleId, Instant tick) {
    ticks.merge(ruleId, tick.toEpochMilli(), Math::max);
  }

  void forget(String ruleId) {
    ticks.remove(ruleId);
  }

  /** Saves how far {@code rules} have come. */
  void save(Set<String> rules) {
    Map<String, Long> mine = new HashMap<>(ticks);
    mine.keySet().retainAll(rules);
    ProgressDocument document = new ProgressDocument(ordinal, mine);
    String id = "member-" + ordinal;
    Versioned<ProgressDocument> saved = documents.find(id).orElse(null);
    if (saved == null) {
      documents.create(id, document, ACTOR);
    } else if (!saved.value().equals(document)) {
      documents.replace(id, document, saved.version(), ACTOR);
    }
  }
}

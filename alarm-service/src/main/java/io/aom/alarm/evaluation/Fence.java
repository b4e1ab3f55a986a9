package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Lets only one evaluate a rule. Whoever is about to change alarms moves the fence to its tick,
 * based on the fence as it last saw it. A member that was paused and goes on beside its successor
 * finds the fence moved, and reads what is stored before it changes anything.
 *
 * <p>Not safe for use by many threads.
 */
final class Fence {
  private static final String ACTOR = "alarm-service";

  private final DocumentStore<FenceDocument> documents;
  private final String ruleId;
  private @Nullable Versioned<FenceDocument> seen;

  private Fence(
      DocumentStore<FenceDocument> documents,
      String ruleId,
      @Nullable Versioned<FenceDocument> seen) {
    this.documents = documents;
    this.ruleId = ruleId;
    this.seen = seen;
  }

  static Fence read(DocumentStore<FenceDocument> documents, String ruleId) {
    return new Fence(documents, ruleId, documents.find(ruleId).orElse(null));
  }

  /** The newest tick that changed anything; null if none ever did. */
  @Nullable Instant tick() {
    return seen == null ? null : Instant.ofEpochMilli(seen.value().tick());
  }

  /**
   * Moves the fence.
   *
   * @throws io.aom.telemetry.RejectedException if somebody else has moved it since it was read
   */
  void move(Instant tick) {
    FenceDocument next = new FenceDocument(ruleId, tick.toEpochMilli());
    Versioned<FenceDocument> before = seen;
    if (before == null) {
      seen = documents.create(ruleId, next, ACTOR);
    } else if (!before.value().equals(next)) {
      seen = documents.replace(ruleId, next, before.version(), ACTOR);
    }
  }

  void remove() {
    if (seen != null) {
      documents.delete(ruleId, null, ACTOR);
      seen = null;
    }
  }
}

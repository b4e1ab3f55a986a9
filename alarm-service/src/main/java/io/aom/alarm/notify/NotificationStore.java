package io.aom.alarm.notify;

import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The notifications that wait, and what became of the others. Safe for use by many threads. */
public final class NotificationStore {
  private static final String ACTOR = "alarm-service";
  private static final int PAGE = 500;

  private final DocumentStore<NotificationDocument> documents;

  public NotificationStore(DocumentStore<NotificationDocument> documents) {
    this.documents = documents;
  }

  /** Makes it out; does nothing if that was done before. */
  void add(Notification notification) {
    try {
      documents.create(notification.id(), NotificationDocument.waiting(notification), ACTOR);
    } catch (RejectedException e) {
      if (e.problem().status() != Problem.CONFLICT.status()) {
        throw e;
      }
    }
  }

  /** Keys of the receivers for which something waits. */
  Set<String> receiversWaiting() {
    Set<String> keys = new TreeSet<>();
    documents
        .listAll(DocumentQuery.first(PAGE).where("delivery", NotificationDocument.WAITING))
        .forEach(document -> keys.add(document.value().receiverKey()));
    return keys;
  }

  /** What waits for a receiver, oldest change first. */
  List<Versioned<NotificationDocument>> waiting(String receiverKey, int limit) {
    return documents
        .list(
            DocumentQuery.first(limit)
                .where("delivery", NotificationDocument.WAITING)
                .where("receiverKey", receiverKey)
                .sortedBy("at", false))
        .documents();
  }

  void sent(Versioned<NotificationDocument> waiting, Instant now) {
    end(waiting, NotificationDocument.SENT, now, null);
  }

  void abandoned(Versioned<NotificationDocument> waiting, Instant now, String reason) {
    end(waiting, NotificationDocument.ABANDONED, now, reason);
  }

  private void end(
      Versioned<NotificationDocument> waiting, String how, Instant now, @Nullable String reason) {
    documents.replace(
        waiting.id(), waiting.value().ended(how, now, reason), waiting.version(), ACTOR);
  }
}

package io.aom.alarm.notify;

import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.Versioned;
import io.aom.service.pace.Paced;
import io.aom.telemetry.RejectedException;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one receiver what waits for it, one call at a time. The changes of one label set go in
 * order; those of different ones do not wait for each other. What waits is in the store; the lane
 * looks at the oldest {@value #BATCH}.
 *
 * <p>A call that fails is made again after a wait of its own, while others go on. Two failures in a
 * row mean that the receiver is down, and then the whole lane waits, longer each time. What came
 * since the last failure is tried all the same, once and not within the shortest wait, so a
 * receiver that is up again hears of a new alarm at once. One call that succeeds means that it is
 * up: then everything is tried.
 *
 * <p>A notification that was sent is not sent again while its being sent cannot be stored; a crash
 * in between sends it again under the same idempotency key.
 */
final class ReceiverLane implements Paced {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiverLane.class);
  private static final int BATCH = 500;
  private static final int DOWN = 2;

  /** After a pause another member may have sent what was read before it. */
  private static final Duration BATCH_KEPT = Duration.ofSeconds(1);

  private static final Duration STORE_RETRY = Duration.ofSeconds(1);

  private final String receiverKey;
  private final NotificationStore store;
  private final NotificationSender sender;
  private final NotificationMetrics metrics;
  private final DeliveryLimits limits;
  private final InstantSource clock;
  private final IntervalFunction backoff;

  /** What waits, by id, oldest first. */
  private final Map<String, Versioned<NotificationDocument>> batch = new LinkedHashMap<>();

  /** By id, those of the batch that have failed, or were there when the receiver was down. */
  private final Map<String, Try> tries = new HashMap<>();

  private @Nullable Outcome unrecorded;
  private Instant readAt = Instant.EPOCH;
  private Instant lastFailure = Instant.EPOCH;
  private Instant downUntil = Instant.EPOCH;
  private int failuresInARow;

  /** How a notification fared so far. */
  private record Try(int failures, Instant notBefore) {
    static final Try NONE = new Try(0, Instant.EPOCH);
  }

  /** An attempt whose outcome is not stored yet. */
  private record Outcome(Versioned<NotificationDocument> notification, Delivery delivery) {}

  ReceiverLane(
      String receiverKey,
      NotificationStore store,
      NotificationSender sender,
      NotificationMetrics metrics,
      DeliveryLimits limits,
      InstantSource clock) {
    this.receiverKey = receiverKey;
    this.store = store;
    this.sender = sender;
    this.metrics = metrics;
    this.limits = limits;
    this.clock = clock;
    this.backoff =
        IntervalFunction.ofExponentialRandomBackoff(
            limits.firstRetry(), 2.0, 0.3, limits.longestRetry());
  }

  @Override
  public Instant step(Instant now) throws InterruptedException {
    try {
      Outcome outcome = unrecorded;
      if (outcome == null) {
        read(now);
        List<Versioned<NotificationDocument>> heads = heads();
        if (heads.isEmpty()) {
          return IDLE;
        }
        Versioned<NotificationDocument> next =
            heads.stream().min(Comparator.comparing(this::due)).orElseThrow();
        if (due(next).isAfter(now)) {
          return due(next);
        }
        outcome = new Outcome(next, sender.send(next.value().toNotification()));
      }
      return record(outcome, clock.instant());
    } catch (OpenSearchUnavailableException e) {
      LOG.warn("receiver={} store not available: {}", receiverKey, e.getMessage());
      return now.plus(STORE_RETRY);
    } catch (RejectedException e) {
      // Another member has recorded it. What is stored counts, so it is read again.
      LOG.info("receiver={} changed by another member: {}", receiverKey, e.getMessage());
      unrecorded = null;
      batch.clear();
      return now.plus(STORE_RETRY);
    }
  }

  private void read(Instant now) {
    boolean fresh = !now.isAfter(readAt.plus(BATCH_KEPT));
    if (fresh && batch.values().stream().anyMatch(waiting -> !due(waiting).isAfter(now))) {
      return;
    }
    batch.clear();
    store.waiting(receiverKey, BATCH).forEach(waiting -> batch.put(waiting.id(), waiting));
    tries.keySet().retainAll(batch.keySet());
    readAt = now;
  }

  /** Of each label set the oldest change, the only one that may be told of next. */
  private List<Versioned<NotificationDocument>> heads() {
    Map<String, Versioned<NotificationDocument>> heads = new LinkedHashMap<>();
    batch.values().forEach(waiting -> heads.putIfAbsent(waiting.value().fingerprint(), waiting));
    return new ArrayList<>(heads.values());
  }

  private Instant due(Versioned<NotificationDocument> waiting) {
    Try known = tries.get(waiting.id());
    if (known == null) {
      return failuresInARow < DOWN ? Instant.EPOCH : lastFailure.plus(limits.firstRetry());
    }
    return known.notBefore().isAfter(downUntil) ? known.notBefore() : downUntil;
  }

  private Instant record(Outcome outcome, Instant now) {
    Versioned<NotificationDocument> notification = outcome.notification();
    Instant changedAt = Instant.ofEpochMilli(notification.value().at());
    return switch (outcome.delivery()) {
      case Delivery.Done() -> {
        unrecorded = outcome;
        isUp();
        store.sent(notification, now);
        metrics.sent(Duration.between(changedAt, now));
        yield finished(notification, now);
      }
      case Delivery.Hopeless(String reason) -> {
        unrecorded = outcome;
        yield abandon(notification, reason, now);
      }
      case Delivery.Failed(String reason) -> {
        metrics.failed();
        failed(notification, reason, now);
        if (now.isAfter(changedAt.plus(limits.giveUpAfter()))) {
          String why = "older than " + limits.giveUpAfter() + ", last: " + reason;
          unrecorded = new Outcome(notification, new Delivery.Hopeless(why));
          yield abandon(notification, why, now);
        }
        yield now;
      }
    };
  }

  private void isUp() {
    if (failuresInARow >= DOWN) {
      tries.replaceAll((id, known) -> new Try(known.failures(), Instant.EPOCH));
    }
    failuresInARow = 0;
    downUntil = Instant.EPOCH;
  }

  private void failed(Versioned<NotificationDocument> notification, String reason, Instant now) {
    failuresInARow++;
    lastFailure = now;
    int failures =
        Optional.ofNullable(tries.get(notification.id())).orElse(Try.NONE).failures() + 1;
    tries.put(notification.id(), new Try(failures, now.plusMillis(backoff.apply(failures))));
    if (failuresInARow >= DOWN) {
      downUntil = now.plusMillis(backoff.apply(failuresInARow - 1));
      // One call has spoken for all that wait; only what comes later is worth another.
      batch.keySet().forEach(id -> tries.putIfAbsent(id, Try.NONE));
    }
    LOG.info(
        "receiver={} notification={} failures={}: {}",
        receiverKey,
        notification.id(),
        failures,
        reason);
  }

  private Instant abandon(Versioned<NotificationDocument> next, String reason, Instant now) {
    store.abandoned(next, now, reason);
    LOG.warn("receiver={} notification={} abandoned: {}", receiverKey, next.id(), reason);
    metrics.abandoned();
    return finished(next, now);
  }

  private Instant finished(Versioned<NotificationDocument> notification, Instant now) {
    unrecorded = null;
    batch.remove(notification.id());
    tries.remove(notification.id());
    return now;
  }
}

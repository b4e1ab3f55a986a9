package io.aom.alarm.notify;

import io.aom.alarm.pace.Paced;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.RejectedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one receiver what waits for it, one after the other and oldest first, so the order of an
 * alarm's changes is kept and a slow receiver holds up nobody else. What waits is in the store; the
 * lane reads a little of it at a time.
 *
 * <p>A notification that was sent is not sent again while its being sent cannot be stored; a crash
 * in between sends it again under the same idempotency key.
 */
final class ReceiverLane implements Paced {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiverLane.class);
  private static final int BATCH = 50;

  /** After a pause another member may have sent what was read before it. */
  private static final Duration BATCH_KEPT = Duration.ofSeconds(1);

  private static final Duration STORE_RETRY = Duration.ofSeconds(1);
  private static final int BREAKER_CALLS = 10;

  private final String receiverKey;
  private final NotificationStore store;
  private final NotificationSender sender;
  private final NotificationMetrics metrics;
  private final DeliveryLimits limits;
  private final IntervalFunction backoff;
  private final CircuitBreaker breaker;
  private final Deque<Versioned<NotificationDocument>> batch = new ArrayDeque<>();
  private @Nullable Delivery unrecorded;
  private Instant readAt = Instant.EPOCH;
  private Instant notBefore = Instant.MIN;
  private int failures;

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
    this.backoff =
        IntervalFunction.ofExponentialRandomBackoff(
            limits.firstRetry(), 2.0, 0.3, limits.longestRetry());
    this.breaker =
        CircuitBreaker.of(
            receiverKey,
            CircuitBreakerConfig.custom()
                .clock(clock.withZone(ZoneOffset.UTC))
                .slidingWindowSize(BREAKER_CALLS)
                .minimumNumberOfCalls(BREAKER_CALLS)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitDurationInOpenState(limits.longestRetry())
                .build());
  }

  @Override
  public Instant step(Instant now) throws InterruptedException {
    if (now.isBefore(notBefore)) {
      return notBefore;
    }
    try {
      if (unrecorded == null && (batch.isEmpty() || now.isAfter(readAt.plus(BATCH_KEPT)))) {
        batch.clear();
        batch.addAll(store.waiting(receiverKey, BATCH));
        readAt = now;
      }
      Versioned<NotificationDocument> next = batch.peek();
      if (next == null) {
        return IDLE;
      }
      Delivery delivery = unrecorded;
      if (delivery == null) {
        if (!breaker.tryAcquirePermission()) {
          return now.plus(limits.firstRetry());
        }
        delivery = attempt(next.value().toNotification());
      }
      return record(next, delivery, now);
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

  private Delivery attempt(Notification notification) throws InterruptedException {
    long start = System.nanoTime();
    Delivery delivery = sender.send(notification);
    long took = System.nanoTime() - start;
    if (delivery instanceof Delivery.Failed(String reason)) {
      breaker.onError(took, TimeUnit.NANOSECONDS, new IllegalStateException(reason));
    } else {
      breaker.onSuccess(took, TimeUnit.NANOSECONDS);
    }
    return delivery;
  }

  private Instant record(Versioned<NotificationDocument> next, Delivery delivery, Instant now) {
    Instant changedAt = Instant.ofEpochMilli(next.value().at());
    return switch (delivery) {
      case Delivery.Done() -> {
        unrecorded = delivery;
        store.sent(next, now);
        metrics.sent(Duration.between(changedAt, now));
        yield finished(now);
      }
      case Delivery.Hopeless(String reason) -> {
        unrecorded = delivery;
        yield abandon(next, reason, now);
      }
      case Delivery.Failed(String reason) -> {
        metrics.failed();
        failures++;
        if (now.isAfter(changedAt.plus(limits.giveUpAfter()))) {
          yield abandon(next, "older than " + limits.giveUpAfter() + ", last: " + reason, now);
        }
        LOG.info(
            "receiver={} notification={} failures={}: {}",
            receiverKey,
            next.id(),
            failures,
            reason);
        notBefore = now.plusMillis(backoff.apply(failures));
        yield notBefore;
      }
    };
  }

  private Instant abandon(Versioned<NotificationDocument> next, String reason, Instant now) {
    LOG.warn("receiver={} notification={} abandoned: {}", receiverKey, next.id(), reason);
    store.abandoned(next, now, reason);
    metrics.abandoned();
    return finished(now);
  }

  private Instant finished(Instant now) {
    unrecorded = null;
    failures = 0;
    batch.remove();
    return now;
  }
}

package io.aom.alarm.notify;

import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.service.pace.Paced;
import io.aom.service.pace.PacedLoop;
import io.aom.service.pace.Shard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a lane for each receiver of this member's for which something waits. Its {@link #step} asks
 * the store whom that is; {@link #wake} spares the wait where this member made it out itself.
 */
final class Notifier implements Paced, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final Duration LANE_KEPT = Duration.ofMinutes(10);

  private final Shard shard;
  private final NotificationStore store;
  private final NotificationSender sender;
  private final NotificationMetrics metrics;
  private final DeliveryLimits limits;
  private final Duration poll;
  private final InstantSource clock;
  private final Map<String, PacedLoop> lanes = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param poll how often the store is asked for what other members have made out
   */
  Notifier(
      Shard shard,
      NotificationStore store,
      NotificationSender sender,
      NotificationMetrics metrics,
      DeliveryLimits limits,
      Duration poll,
      InstantSource clock) {
    this.shard = shard;
    this.store = store;
    this.sender = sender;
    this.metrics = metrics;
    this.limits = limits;
    this.poll = poll;
    this.clock = clock;
  }

  /** Something new waits for the receiver. */
  void wake(String receiverKey) {
    if (closed || !shard.owns(receiverKey)) {
      return;
    }
    lanes
        .computeIfAbsent(
            receiverKey,
            key ->
                PacedLoop.start(
                    "alarm-receiver-" + key,
                    new ReceiverLane(key, store, sender, metrics, limits, clock),
                    clock))
        .wake();
  }

  @Override
  public Instant step(Instant now) {
    Instant unusedSince = now.minus(LANE_KEPT);
    lanes
        .entrySet()
        .removeIf(
            entry -> {
              boolean unused = entry.getValue().idleSince(unusedSince);
              if (unused) {
                entry.getValue().close();
              }
              return unused;
            });
    try {
      store.receiversWaiting().forEach(this::wake);
    } catch (OpenSearchUnavailableException e) {
      LOG.warn("waiting notifications not read: {}", e.getMessage());
    }
    return now.plus(poll);
  }

  @Override
  public void close() {
    closed = true;
    lanes.values().parallelStream().forEach(PacedLoop::close);
    lanes.clear();
  }
}

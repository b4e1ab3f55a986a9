package io.aom.alarm.notify;

import io.aom.service.pace.PacedLoop;
import io.aom.service.pace.Shard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends what waits, from {@link #start} to {@link #close}. Safe for use by many threads. */
public final class NotificationEngine implements AutoCloseable {
  private final Notifier notifier;
  private final WebhookSender sender;
  private final InstantSource clock;
  private @Nullable PacedLoop loop;

  /**
   * How webhooks are called.
   *
   * @param externalUrl where people reach AOM; links in notifications start with it
   * @param timeout bound on one call
   * @param allowedNetworks networks, as {@code 10.0.0.0/8}, that may be called although they are
   *     not public
   * @param loopbackPorts ports of this machine's loopback that may be called
   */
  public record Settings(
      URI externalUrl,
      Duration timeout,
      List<String> allowedNetworks,
      Set<Integer> loopbackPorts,
      DeliveryLimits limits) {
    public Settings {
      allowedNetworks = List.copyOf(allowedNetworks);
      loopbackPorts = Set.copyOf(loopbackPorts);
    }
  }

  public NotificationEngine(
      Shard shard,
      NotificationStore store,
      NotificationMetrics metrics,
      Settings settings,
      InstantSource clock) {
    AddressPolicy policy =
        new AddressPolicy(
            settings.allowedNetworks().stream().map(Network::parse).toList(),
            settings.loopbackPorts());
    this.sender =
        new WebhookSender(
            settings.externalUrl(), settings.timeout(), policy, WebhookSender.systemNames());
    Duration poll = shard.count() == 1 ? Duration.ofSeconds(30) : Duration.ofSeconds(1);
    this.notifier = new Notifier(shard, store, sender, metrics, settings.limits(), poll, clock);
    this.clock = clock;
  }

  /** Something new waits for the receiver with that key. */
  public void wake(String receiverKey) {
    notifier.wake(receiverKey);
  }

  public synchronized void start() {
    loop = PacedLoop.start("alarm-notifier", notifier, clock);
  }

  /** Lets the calls under way end, and sends nothing further. */
  @Override
  public synchronized void close() {
    if (loop != null) {
      loop.close();
    }
    notifier.close();
    try {
      sender.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the connections of webhooks failed", e);
    }
  }
}

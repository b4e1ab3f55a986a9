package io.aom.alarm.notify;

import io.aom.service.pace.Paced;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Function;

/** A receiver's lane that a test steps itself. */
public final class TestLane {
  /** What a receiver answers. */
  public enum Answer {
    DONE,
    FAILED,
    HOPELESS
  }

  private TestLane() {}

  public static Paced of(
      String receiverKey,
      NotificationStore store,
      NotificationMetrics metrics,
      Function<Notification, Answer> receiver,
      InstantSource clock) {
    return new ReceiverLane(
        receiverKey,
        store,
        notification ->
            switch (receiver.apply(notification)) {
              case DONE -> new Delivery.Done();
              case FAILED -> new Delivery.Failed("test");
              case HOPELESS -> new Delivery.Hopeless("test");
            },
        metrics,
        new DeliveryLimits(Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofHours(5)),
        clock);
  }

  public static Set<String> waiting(NotificationStore store) {
    return store.receiversWaiting();
  }
}

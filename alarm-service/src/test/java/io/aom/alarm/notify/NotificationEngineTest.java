package io.aom.alarm.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.alarm.notify.TestWebhook.Behaviour;
import io.aom.alarm.state.AlarmState;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.service.pace.Shard;
import io.aom.testkit.Await;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real sender and real receivers on loopback; only the store is in memory. */
class NotificationEngineTest {
  private final InMemoryDocumentStore<NotificationDocument> documents =
      new InMemoryDocumentStore<>(NotificationDocument.TYPE);
  private final NotificationStore store = new NotificationStore(documents);
  private final AtomicInteger failures = new AtomicInteger();
  private TestWebhook bad;
  private TestWebhook good;
  private NotificationEngine engine;

  @BeforeEach
  void start() throws Exception {
    bad = new TestWebhook();
    good = new TestWebhook();
    engine = engine();
    engine.start();
  }

  @AfterEach
  void stop() {
    engine.close();
    bad.close();
    good.close();
  }

  private NotificationEngine engine() {
    // A member that gives up at once would abandon these, whose changes are long ago.
    return new NotificationEngine(
        new Shard(0, 1),
        store,
        new NotificationMetrics() {
          @Override
          public void sent(Duration delay) {}

          @Override
          public void failed() {
            failures.incrementAndGet();
          }

          @Override
          public void abandoned() {}
        },
        new NotificationEngine.Settings(
            URI.create("http://127.0.0.1:8080"),
            // So long that a busy machine does not make a good receiver one that hangs.
            Duration.ofSeconds(3),
            List.of("127.0.0.0/8"),
            Set.of(),
            new DeliveryLimits(
                Duration.ofMillis(20), Duration.ofMillis(60), Duration.ofDays(9999))),
        InstantSource.system());
  }

  private void tell(String fingerprint, AlarmState state, TestWebhook receiver) {
    Notification notification = Notifications.of(fingerprint, state, receiver.url());
    store.add(notification);
    engine.wake(notification.receiverKey());
  }

  private List<String> delivery() {
    return documents.listAll(DocumentQuery.first(100)).stream()
        .map(document -> document.value().delivery())
        .toList();
  }

  @Test
  void aHangingReceiverHoldsUpNobodyElse() {
    bad.behave(Behaviour.HANG);
    tell("f1", AlarmState.FIRING, bad);
    tell("f2", AlarmState.FIRING, good);

    Await.until("the good one is told", () -> good.calls().size() == 1);
    Await.until("the bad one is tried again", () -> failures.get() > 1);

    bad.behave(Behaviour.ACCEPT);
    Await.until("both are done", () -> delivery().equals(List.of("sent", "sent")));
  }

  @Test
  void resolvedWaitsBehindFiring() {
    bad.behave(Behaviour.FAIL_500);
    tell("f1", AlarmState.FIRING, bad);
    tell("f1", AlarmState.RESOLVED, bad);
    Await.until("it has failed often enough to be taken for down", () -> failures.get() >= 12);
    assertThat(bad.calls()).extracting(TestWebhook.Call::idempotencyKey).containsOnly("f1:1001");

    bad.behave(Behaviour.ACCEPT);
    Await.until("both are sent", () -> delivery().equals(List.of("sent", "sent")));
    assertThat(bad.calls().getLast().idempotencyKey()).isEqualTo("f1:1002");
  }

  @Test
  void whatIsHopelessIsAbandonedWithItsReason() {
    bad.behave(Behaviour.REDIRECT);
    tell("f1", AlarmState.FIRING, bad);

    Await.until("it is abandoned", () -> delivery().equals(List.of("abandoned")));
    assertThat(documents.listAll(DocumentQuery.first(10)).getFirst().value().reason())
        .contains("302");
    assertThat(bad.calls()).extracting(TestWebhook.Call::path).containsExactly("/hook");
  }

  @Test
  void aNewLifeSendsWhatTheOldOneLeft() {
    engine.close();
    store.add(Notifications.of("f1", AlarmState.FIRING, good.url()));
    store.add(Notifications.of("f1", AlarmState.FIRING, good.url()));

    engine = engine();
    engine.start();

    Await.until("it is sent", () -> delivery().equals(List.of("sent")));
    assertThat(good.calls()).hasSize(1);
  }
}

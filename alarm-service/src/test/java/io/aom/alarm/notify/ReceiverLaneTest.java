package io.aom.alarm.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.alarm.state.AlarmState;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.service.pace.Paced;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One lane, stepped on a clock of the test's own: whom it calls, and when. */
class ReceiverLaneTest {
  private static final String URL = "http://receiver.example/hook";
  private static final DeliveryLimits LIMITS =
      new DeliveryLimits(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(24));

  private final NotificationStore store =
      new NotificationStore(new InMemoryDocumentStore<>(NotificationDocument.TYPE));
  private final List<String> sent = new ArrayList<>();
  private final List<Instant> calls = new ArrayList<>();
  private final Set<String> refused = new HashSet<>();
  private boolean down;
  private Instant now = Notifications.START.plusSeconds(60);
  private Instant next = Instant.MIN;
  private final ReceiverLane lane =
      new ReceiverLane(
          Notifications.of("f", AlarmState.FIRING, URL).receiverKey(),
          store,
          this::receive,
          new Uncounted(),
          LIMITS,
          () -> now);

  private static final class Uncounted implements NotificationMetrics {
    @Override
    public void sent(Duration delay) {}

    @Override
    public void failed() {}

    @Override
    public void abandoned() {}
  }

  private Delivery receive(Notification notification) {
    calls.add(now);
    if (down || refused.contains(notification.fingerprint())) {
      return new Delivery.Failed("status 500");
    }
    sent.add(notification.idempotencyKey());
    return new Delivery.Done();
  }

  /** Adds to the store and wakes the lane, as an evaluation does. */
  private void tell(String fingerprint, AlarmState state) {
    Notification notification = Notifications.of(fingerprint, state, URL);
    store.add(
        new Notification(
            notification.id(),
            notification.tenant(),
            notification.ruleId(),
            notification.ruleName(),
            notification.alarmId(),
            notification.fingerprint(),
            notification.seq(),
            notification.state(),
            notification.labels(),
            notification.annotations(),
            notification.startedAt(),
            now,
            notification.receiver()));
    next = now;
  }

  /** Steps the lane whenever it wants to, for {@code time}. */
  private void pass(Duration time) throws InterruptedException {
    Instant end = now.plus(time);
    while (true) {
      while (!next.isAfter(now)) {
        Instant then = lane.step(now);
        next = then.equals(Paced.IDLE) ? Instant.MAX : then;
      }
      if (next.isAfter(end)) {
        now = end;
        return;
      }
      now = next;
    }
  }

  @Test
  void aNewAlarmIsToldAtOnceToAReceiverThatIsUpAgain() throws Exception {
    down = true;
    tell("f1", AlarmState.FIRING);
    pass(Duration.ofMinutes(20));
    assertThat(calls.getLast()).isAfter(now.minusSeconds(90));

    down = false;
    sent.clear();
    // Whenever that is between two of the calls, which are up to a minute apart now.
    now = calls.getLast().plusSeconds(2);
    tell("f2", AlarmState.FIRING);
    pass(Duration.ZERO);

    assertThat(sent).containsExactlyInAnyOrder("f1:1001", "f2:1001");
  }

  @Test
  void whatTheReceiverCannotTakeHoldsUpNothingElse() throws Exception {
    refused.add("f1");
    tell("f1", AlarmState.FIRING);
    tell("f2", AlarmState.FIRING);
    tell("f3", AlarmState.FIRING);
    pass(Duration.ZERO);
    assertThat(sent).containsExactly("f2:1001", "f3:1001");

    pass(Duration.ofMinutes(20));
    calls.clear();
    tell("f4", AlarmState.FIRING);
    pass(Duration.ofSeconds(1));
    assertThat(sent).contains("f4:1001");

    refused.clear();
    pass(Duration.ofSeconds(80));
    assertThat(sent).contains("f1:1001");
  }

  @Test
  void theChangesOfOneAlarmGoInOrderAlsoWhileOthersOvertakeThem() throws Exception {
    refused.add("f1");
    tell("f1", AlarmState.FIRING);
    now = now.plusSeconds(1);
    tell("f1", AlarmState.RESOLVED);
    tell("f2", AlarmState.FIRING);
    now = now.plusSeconds(1);
    tell("f2", AlarmState.RESOLVED);
    pass(Duration.ofMinutes(5));
    assertThat(sent).containsExactly("f2:1001", "f2:1002");

    refused.clear();
    pass(Duration.ofMinutes(2));
    assertThat(sent).containsExactly("f2:1001", "f2:1002", "f1:1001", "f1:1002");
  }

  @Test
  void aReceiverThatIsDownIsCalledLessAndLessHoweverMuchWaits() throws Exception {
    down = true;
    for (int i = 0; i < 100; i++) {
      tell("f" + i, AlarmState.FIRING);
    }
    pass(Duration.ofMinutes(10));
    // 1, 2, 4, ... 32 s, then one a minute.
    assertThat(calls).hasSizeBetween(10, 25);

    down = false;
    pass(Duration.ofSeconds(80));
    assertThat(sent).hasSize(100);
  }

  @Test
  void aStormOfNewsDoesNotHammerAReceiverThatIsDown() throws Exception {
    down = true;
    for (int i = 0; i < 1_000; i++) {
      tell("f" + i, AlarmState.FIRING);
      pass(Duration.ofMillis(100));
    }
    // 100 seconds, and not more than one call in each of them, but for the first two.
    assertThat(calls).hasSizeLessThan(103);
  }
}

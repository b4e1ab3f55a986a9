package io.aom.alarm.notify;

import io.aom.alarm.rule.Receiver;
import io.aom.alarm.state.Alarm;
import io.aom.alarm.state.Alarm.Change;
import io.aom.alarm.store.AlarmStore;
import io.aom.opensearch.documents.Versioned;
import java.util.function.Consumer;

/**
 * Turns the changes that an alarm carries into notifications. The alarm's document says in the same
 * write that it changed and that this is not announced yet; the notifications follow from it, and
 * only then the alarm says that it is announced. So a crash at any point leaves either nothing to
 * tell or a note that it is still to be told.
 */
public final class Outbox {
  private final AlarmStore alarms;
  private final NotificationStore notifications;
  private final Consumer<String> wake;

  /**
   * @param wake called with the key of a receiver for which something new waits
   */
  public Outbox(AlarmStore alarms, NotificationStore notifications, Consumer<String> wake) {
    this.alarms = alarms;
    this.notifications = notifications;
    this.wake = wake;
  }

  /** Makes out what is still to be told of {@code alarm}. May be done again at any time. */
  public Versioned<Alarm> announce(Versioned<Alarm> alarm) {
    if (alarm.value().unannounced().isEmpty()) {
      return alarm;
    }
    for (Change change : alarm.value().unannounced()) {
      for (Receiver receiver : alarm.value().receivers()) {
        Notification notification = Notification.of(alarm.value(), change, receiver);
        notifications.add(notification);
        wake.accept(notification.receiverKey());
      }
    }
    return alarms.replace(alarm, alarm.value().withAllAnnounced());
  }
}

package io.aom.alarm;

import io.aom.alarm.evaluation.RuleKeeper;
import io.aom.alarm.notify.NotificationEngine;
import io.aom.service.pace.PacedLifecycle;
import java.time.InstantSource;

/** Starts evaluation and notification with the application, and stops them in that order. */
class AlarmEngine extends PacedLifecycle {
  private final NotificationEngine notifications;

  AlarmEngine(RuleKeeper keeper, NotificationEngine notifications, InstantSource clock) {
    super(
        "alarm-rules",
        keeper,
        () -> {
          keeper.close();
          notifications.close();
        },
        clock);
    this.notifications = notifications;
  }

  @Override
  public void start() {
    notifications.start();
    super.start();
  }
}

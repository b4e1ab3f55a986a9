package io.aom.alarm;

import io.aom.alarm.evaluation.RuleKeeper;
import io.aom.alarm.notify.NotificationEngine;
import io.aom.service.pace.PacedLoop;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Starts evaluation and notification with the application, and stops them in that order. */
class AlarmEngine implements SmartLifecycle {
  private final RuleKeeper keeper;
  private final NotificationEngine notifications;
  private final InstantSource clock;
  private volatile @Nullable PacedLoop loop;

  AlarmEngine(RuleKeeper keeper, NotificationEngine notifications, InstantSource clock) {
    this.keeper = keeper;
    this.notifications = notifications;
    this.clock = clock;
  }

  /** Has the rules read again at once. */
  void rulesChanged() {
    PacedLoop running = loop;
    if (running != null) {
      running.wake();
    }
  }

  @Override
  public void start() {
    notifications.start();
    loop = PacedLoop.start("alarm-rules", keeper, clock);
  }

  @Override
  public void stop() {
    PacedLoop running = loop;
    loop = null;
    if (running != null) {
      running.close();
      keeper.close();
      notifications.close();
    }
  }

  @Override
  public boolean isRunning() {
    return loop != null;
  }
}

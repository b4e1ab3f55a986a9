package io.aom.alarm.notify;

import java.time.Duration;

/** What notification counts. Safe for use by many threads. */
public interface NotificationMetrics {
  /**
   * @param delay between the change and the receiver's answer
   */
  void sent(Duration delay);

  /** An attempt failed and will be made again. */
  void failed();

  /** Given up for good; a person should look. */
  void abandoned();
}

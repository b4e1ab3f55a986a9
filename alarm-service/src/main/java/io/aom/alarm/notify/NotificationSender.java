package io.aom.alarm.notify;

/** Tells a receiver once. Safe for use by many threads. */
interface NotificationSender {
  /** Blocks within a bound; throws nothing for what can go wrong on the way. */
  Delivery send(Notification notification) throws InterruptedException;
}

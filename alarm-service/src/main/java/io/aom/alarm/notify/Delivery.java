package io.aom.alarm.notify;

/** How one attempt to tell a receiver ended. */
sealed interface Delivery {
  /** The receiver has it. */
  record Done() implements Delivery {}

  /** It may work later. */
  record Failed(String reason) implements Delivery {}

  /** It will not work: the receiver does not want it, or may not be called. */
  record Hopeless(String reason) implements Delivery {}
}

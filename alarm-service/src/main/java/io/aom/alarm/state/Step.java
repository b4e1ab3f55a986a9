package io.aom.alarm.state;

/** What one evaluation does to one alarm. */
public sealed interface Step {
  /** It comes to be, or is now like this. */
  record Put(Alarm alarm) implements Step {}

  /** It never fired and the condition has gone: it leaves no trace. */
  record Drop(Alarm alarm) implements Step {}
}

package io.aom.alarm.state;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.Locale;

/** Where an alarm is in its life. An inactive one does not exist. */
public enum AlarmState {
  /** The condition holds, but not for long enough yet. */
  PENDING,
  FIRING,
  RESOLVED;

  /** The name on the wire: lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The state with that {@linkplain #wireName() name}.
   *
   * @throws RejectedException with 400 if there is none
   */
  public static AlarmState parse(String wireName) {
    for (AlarmState state : values()) {
      if (state.wireName().equals(wireName)) {
        return state;
      }
    }
    throw new RejectedException(
        Problem.BAD_REQUEST, "state: " + wireName + " (expected: pending, firing or resolved)");
  }
}

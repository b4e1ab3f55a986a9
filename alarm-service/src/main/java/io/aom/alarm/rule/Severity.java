package io.aom.alarm.rule;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.Locale;

/** How bad it is while a rule's condition holds, worst first. */
public enum Severity {
  CRITICAL,
  MAJOR,
  MINOR,
  INFO;

  /** The name on the wire: lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The severity with that {@linkplain #wireName() name}.
   *
   * @throws RejectedException with 400 if there is none
   */
  public static Severity parse(String wireName) {
    for (Severity severity : values()) {
      if (severity.wireName().equals(wireName)) {
        return severity;
      }
    }
    throw new RejectedException(
        Problem.BAD_REQUEST,
        "severity: " + wireName + " (expected: critical, major, minor or info)");
  }
}

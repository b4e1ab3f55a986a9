package io.aom.gateway.api;

import io.aom.telemetry.InstantText;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads members of request bodies; every failure names the member. */
final class Wire {
  private Wire() {}

  static String required(String name, @Nullable String value) {
    if (value == null) {
      throw new IllegalArgumentException(name + ": missing (expected: text)");
    }
    return value;
  }

  static Instant instant(String name, Object value) {
    try {
      return switch (value) {
        case Instant instant -> instant;
        case Integer millis -> InstantText.ofMillis(millis);
        case Long millis -> InstantText.ofMillis(millis);
        default -> InstantText.parse(String.valueOf(value));
      };
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + e.getMessage() + ")", e);
    }
  }
}

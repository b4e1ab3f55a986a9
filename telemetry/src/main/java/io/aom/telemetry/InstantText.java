package io.aom.telemetry;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** A moment as callers write it: ISO-8601 with an offset, or milliseconds since the epoch. */
public final class InstantText {
  private static final String EXPECTED =
      "ISO-8601 with an offset, as 2026-01-31T12:00:00Z, or milliseconds since 1970, up to the year"
          + " 9999";

  private static final long MAX_MILLIS = 253_402_300_799_999L;

  private InstantText() {}

  /**
   * Reads either form.
   *
   * @throws IllegalArgumentException if it is neither, or outside the years 1970 to 9999; its
   *     message is what was expected
   */
  public static Instant parse(String text) {
    String stripped = text.strip();
    try {
      return isDigits(stripped)
          ? ofMillis(Long.parseLong(stripped))
          : bounded(OffsetDateTime.parse(stripped).toInstant());
    } catch (DateTimeException | NumberFormatException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
  }

  /**
   * The moment {@code millis} after the epoch.
   *
   * @throws IllegalArgumentException outside the years 1970 to 9999
   */
  public static Instant ofMillis(long millis) {
    if (millis < 0 || millis > MAX_MILLIS) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return Instant.ofEpochMilli(millis);
  }

  private static Instant bounded(Instant instant) {
    if (instant.getEpochSecond() < 0 || instant.getEpochSecond() > MAX_MILLIS / 1000) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return instant;
  }

  private static boolean isDigits(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}

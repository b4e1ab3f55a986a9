package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prometheus's durations: {@code 1h30m}, units y w d h m s ms from large to small. */
public final class Durations {
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long[] MILLIS = {
    31_536_000_000L, 604_800_000L, 86_400_000L, 3_600_000L, 60_000L, 1000L, 1L
  };

  private static final Pattern PART = Pattern.compile("\\d+(\\D+)");

  /** What Prometheus can count nanoseconds of. */
  private static final long MOST_MILLIS = Long.MAX_VALUE / 1_000_000;

  private Durations() {}

  /** Milliseconds, or -1 if the text is no duration. */
  public static long parseMillis(String text) {
    int at = 0;
    int unit = 0;
    long total = 0;
    if (text.isEmpty()) {
      return -1;
    }
    while (at < text.length()) {
      int from = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      int digits = at;
      while (at < text.length() && Character.isLetter(text.charAt(at))) {
        at++;
      }
      String name = text.substring(digits, at);
      while (unit < UNITS.length && !UNITS[unit].equals(name)) {
        unit++;
      }
      if (unit == UNITS.length || digits == from || digits - from > 15) {
        return -1;
      }
      try {
        long part = Math.multiplyExact(Long.parseLong(text.substring(from, digits)), MILLIS[unit]);
        total = Math.addExact(total, part);
      } catch (ArithmeticException e) {
        return -1;
      }
      unit++;
    }
    return total;
  }

  /**
   * What keeps digits and letters from being a duration, in Prometheus's words; empty if nothing.
   */
  static String problem(String text) {
    Matcher part = PART.matcher(text);
    while (part.find()) {
      if (!List.of(UNITS).contains(part.group(1))) {
        return "unknown unit " + Labels.quote(part.group(1)) + " in duration " + Labels.quote(text);
      }
    }
    long millis = parseMillis(text);
    if (millis > MOST_MILLIS) {
      return "duration out of range";
    }
    return millis < 0 ? "not a valid duration string: " + Labels.quote(text) : "";
  }

  /** The shortest text for a duration. */
  public static String format(long millis) {
    if (millis == 0) {
      return "0s";
    }
    StringBuilder text = new StringBuilder(millis < 0 ? "-" : "");
    long left = Math.abs(millis);
    for (int i = 0; i < UNITS.length; i++) {
      // Years and weeks only where nothing remains, so that 400d stays readable.
      boolean whole = i > 1 || left % MILLIS[i] == 0;
      if (whole && left >= MILLIS[i]) {
        text.append(left / MILLIS[i]).append(UNITS[i]);
        left %= MILLIS[i];
      }
    }
    return text.toString();
  }
}

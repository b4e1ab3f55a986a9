package io.aom.alarm.rule;

import java.time.Duration;
import java.time.Instant;

/**
 * The times at which a rule is evaluated: multiples of its interval, moved by an offset that
 * depends on the rule alone. So rules of one interval are spread over it, and every member and
 * every restart agree on the ticks.
 */
public record Ticks(long intervalMillis, long offsetMillis) {

  public Ticks {
    if (intervalMillis < 1 || offsetMillis < 0 || offsetMillis >= intervalMillis) {
      throw new IllegalArgumentException(
          "ticks: every " + intervalMillis + " ms at " + offsetMillis + " (expected: 0 <= offset)");
    }
  }

  /** The ticks of {@code rule}. */
  public static Ticks of(AlarmRule rule) {
    long interval = rule.interval().toMillis();
    return new Ticks(interval, Math.floorMod(spread(rule.id()), interval));
  }

  /** The first tick after {@code time}. */
  public Instant after(Instant time) {
    long periods = Math.floorDiv(time.toEpochMilli() - offsetMillis, intervalMillis);
    return Instant.ofEpochMilli((periods + 1) * intervalMillis + offsetMillis);
  }

  /** How many ticks lie after {@code from} up to and with {@code to}; 0 if there are none. */
  public long between(Instant from, Instant to) {
    long first = Math.floorDiv(from.toEpochMilli() - offsetMillis, intervalMillis);
    long last = Math.floorDiv(to.toEpochMilli() - offsetMillis, intervalMillis);
    return Math.max(0, last - first);
  }

  /** The tick {@code interval} after {@code tick}. */
  public Instant next(Instant tick) {
    return tick.plus(Duration.ofMillis(intervalMillis));
  }

  /** String's hash is specified; the multiplication makes neighbours land far apart. */
  static long spread(String ruleId) {
    return (ruleId.hashCode() * 0x9E3779B97F4A7C15L) >>> 1;
  }
}

package io.aom.service.pace;

import java.time.Duration;
import java.time.Instant;

/**
 * The times at which something is done again and again: multiples of an interval, moved by an
 * offset. Every member and every restart agree on them.
 */
public record Ticks(long intervalMillis, long offsetMillis) {

  public Ticks {
    if (intervalMillis < 1 || offsetMillis < 0 || offsetMillis >= intervalMillis) {
      throw new IllegalArgumentException(
          "ticks: every " + intervalMillis + " ms at " + offsetMillis + " (expected: 0 <= offset)");
    }
  }

  /** Multiples of {@code interval}. */
  public static Ticks every(Duration interval) {
    return new Ticks(interval.toMillis(), 0);
  }

  /** Ticks whose offset depends on {@code id} alone, so that those of many ids lie apart. */
  public static Ticks spread(Duration interval, String id) {
    long millis = interval.toMillis();
    return new Ticks(millis, Math.floorMod(spread(id), millis));
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

  /** String's hash is specified; the multiplication makes neighbours land far apart. */
  static long spread(String id) {
    return (id.hashCode() * 0x9E3779B97F4A7C15L) >>> 1;
  }
}

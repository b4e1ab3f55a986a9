package io.aom.metrics.series;

import org.jspecify.annotations.Nullable;

/** How long the buckets of a rollup are; the finest first. */
public enum Resolution {
  FIVE_MINUTES("5m", 300_000),
  HOUR("1h", 3_600_000);

  private final String text;
  private final long millis;

  Resolution(String text, long millis) {
    this.text = text;
    this.millis = millis;
  }

  /** As people and indices name it. */
  public String text() {
    return text;
  }

  public long millis() {
    return millis;
  }

  /** The resolution of that name, or null. */
  public static @Nullable Resolution find(String text) {
    for (Resolution one : values()) {
      if (one.text.equals(text)) {
        return one;
      }
    }
    return null;
  }
}

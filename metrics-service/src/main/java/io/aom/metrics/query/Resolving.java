package io.aom.metrics.query;

import io.aom.metrics.series.Resolution;
import org.jspecify.annotations.Nullable;

/** What somebody who asks says of rollups. */
public enum Resolving {
  /** Rollups are read wherever they give what the samples give. */
  AUTO("auto", null),
  /** Samples alone are read. */
  RAW("raw", null),
  /** Rollups are read also where the edges of windows have to be estimated. */
  FIVE_MINUTES("5m", Resolution.FIVE_MINUTES),
  HOUR("1h", Resolution.HOUR);

  private final String text;
  private final @Nullable Resolution resolution;

  Resolving(String text, @Nullable Resolution resolution) {
    this.text = text;
    this.resolution = resolution;
  }

  public String text() {
    return text;
  }

  /** The resolution that is asked for, if one is. */
  @Nullable Resolution resolution() {
    return resolution;
  }

  /** What a text says, or null. */
  public static @Nullable Resolving find(String text) {
    for (Resolving one : values()) {
      if (one.text.equals(text)) {
        return one;
      }
    }
    return null;
  }
}

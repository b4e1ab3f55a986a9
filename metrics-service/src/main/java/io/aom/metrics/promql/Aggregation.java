package io.aom.metrics.promql;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Aggregation operators. */
public enum Aggregation {
  SUM,
  AVG,
  COUNT,
  MIN,
  MAX,
  GROUP,
  STDDEV,
  STDVAR,
  TOPK,
  BOTTOMK,
  COUNT_VALUES,
  QUANTILE,
  LIMITK,
  LIMIT_RATIO;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a parameter stands before the expression. */
  boolean parametrised() {
    return switch (this) {
      case TOPK, BOTTOMK, COUNT_VALUES, QUANTILE, LIMITK, LIMIT_RATIO -> true;
      default -> false;
    };
  }

  static @Nullable Aggregation find(String word) {
    for (Aggregation aggregation : values()) {
      if (aggregation.name().equalsIgnoreCase(word)) {
        return aggregation;
      }
    }
    return null;
  }
}

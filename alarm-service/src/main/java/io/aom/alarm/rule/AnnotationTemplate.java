package io.aom.alarm.rule;

import java.util.Map;

/**
 * Texts with places for the alarm's own facts: <code>{{ $labels.NAME }}</code> and <code>{{ $value
 * }}</code>, as Prometheus rules write them. A place that names nothing known becomes empty;
 * anything else in braces stays as it is.
 */
public final class AnnotationTemplate {
  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";
  private static final String LABELS = "$labels.";

  private AnnotationTemplate() {}

  /** Fills every place of {@code text}. */
  public static String fill(String text, Map<String, String> labels, double value) {
    StringBuilder filled = new StringBuilder(text.length());
    int at = 0;
    while (true) {
      int open = text.indexOf(OPEN, at);
      int close = open < 0 ? -1 : text.indexOf(CLOSE, open);
      if (close < 0) {
        return filled.append(text, at, text.length()).toString();
      }
      int end = close + CLOSE.length();
      String place = text.substring(open + OPEN.length(), close).strip();
      filled.append(text, at, open);
      if (place.equals("$value")) {
        filled.append(plain(value));
      } else if (place.startsWith(LABELS)) {
        filled.append(labels.getOrDefault(place.substring(LABELS.length()), ""));
      } else {
        filled.append(text, open, end);
      }
      at = end;
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}

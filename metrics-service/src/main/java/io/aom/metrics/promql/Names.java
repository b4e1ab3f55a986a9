package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.util.List;

/** How names of labels and metrics stand in a query: plain where they can, else quoted. */
final class Names {
  private Names() {}

  /** Whether a label's name needs no quotes. */
  static boolean plain(String name) {
    return plain(name, false);
  }

  /** Whether a metric's name needs no quotes. */
  static boolean plainMetric(String name) {
    return plain(name, true);
  }

  private static boolean plain(String name, boolean colons) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && !(colons && c == ':') && !(i > 0 && c >= '0' && c <= '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  static String label(String name) {
    return plain(name) ? name : Labels.quote(name);
  }

  static String labels(List<String> names) {
    return String.join(", ", names.stream().map(Names::label).toList());
  }
}

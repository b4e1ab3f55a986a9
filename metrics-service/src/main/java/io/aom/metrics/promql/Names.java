package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.util.List;

/** How names of labels stand in a query: plain where they can, else quoted. */
final class Names {
  private Names() {}

  /** Whether a label's name needs no quotes. */
  static boolean plain(String name) {
    return Labels.isPlain(name);
  }

  static String label(String name) {
    return Labels.quoteName(name);
  }

  static String labels(List<String> names) {
    return String.join(", ", names.stream().map(Labels::quoteName).toList());
  }
}

package io.aom.metrics.overflow;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is told of a label that folds. The resources that send most are found by the Space-Saving
 * algorithm (Metwally and others, 2005): a count is too high by at most what the least one had.
 */
final class Explosion {
  private static final int RESOURCES = 16;

  final String metric;
  final String label;
  private final Map<String, Long> resources = new LinkedHashMap<>();
  private long series;

  Explosion(String metric, String label) {
    this.metric = metric;
    this.label = label;
  }

  /** One more series was folded. */
  void add(String resource) {
    series++;
    Long known = resources.get(resource);
    if (known == null && resources.size() == RESOURCES) {
      Map.Entry<String, Long> least = null;
      for (Map.Entry<String, Long> one : resources.entrySet()) {
        least = least == null || one.getValue() < least.getValue() ? one : least;
      }
      if (least != null) {
        known = least.getValue();
        resources.remove(least.getKey());
      }
    }
    resources.put(resource, known == null ? 1 : known + 1);
  }

  FoldedLabel told(int values) {
    String most = "";
    long mostSeries = 0;
    long leastSeries = Long.MAX_VALUE;
    for (Map.Entry<String, Long> one : resources.entrySet()) {
      leastSeries = Math.min(leastSeries, one.getValue());
      if (one.getValue() > mostSeries) {
        most = one.getKey();
        mostSeries = one.getValue();
      }
    }
    // Of many senders alike one would seem to have sent what all those did that made room for it.
    long tooHighBy = resources.size() < RESOURCES ? 0 : leastSeries;
    return new FoldedLabel(metric, label, values, series, most, mostSeries - tooHighBy);
  }

  void write(CarryWriter out) {
    out.text(metric).text(label).number(series).number(resources.size());
    resources.forEach((resource, count) -> out.text(resource).number(count));
  }

  static Explosion read(CarryReader in) {
    Explosion read = new Explosion(in.text(), in.text());
    read.series = in.number();
    int count = in.count(RESOURCES);
    for (int i = 0; i < count; i++) {
      read.resources.put(in.text(), in.number());
    }
    return read;
  }
}

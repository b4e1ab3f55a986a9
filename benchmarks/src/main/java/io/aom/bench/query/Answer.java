package io.aom.bench.query;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The values of an answer.
 *
 * @param series by labels without the metric's name, which systems keep in different cases; values
 *     by time in epoch milliseconds
 */
record Answer(Map<String, Map<Long, Double>> series) {
  /**
   * @param result a vector or a matrix
   */
  static Answer of(JsonNode result) {
    var series = new HashMap<String, Map<Long, Double>>();
    for (JsonNode one : result) {
      var values = new HashMap<Long, Double>();
      for (JsonNode point : one.path("values")) {
        add(values, point);
      }
      if (one.has("value")) {
        add(values, one.path("value"));
      }
      series.put(labels(one.path("metric")), values);
    }
    return new Answer(series);
  }

  private static String labels(JsonNode metric) {
    var labels = new TreeMap<String, String>();
    metric
        .propertyStream()
        .filter(label -> !label.getKey().equals("__name__"))
        .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
    return labels.toString();
  }

  private static void add(Map<Long, Double> values, JsonNode point) {
    // Prometheus' own way of writing infinities is the one of Java with another word.
    String text = point.path(1).asString().replace("Inf", "Infinity").replace("+", "");
    values.put(Math.round(point.path(0).asDouble() * 1000), Double.parseDouble(text));
  }

  /** Only the values, in order at each time: series with equal values may stand for each other. */
  Answer ranked() {
    var byTime = new TreeMap<Long, List<Double>>();
    for (Map<Long, Double> values : series.values()) {
      values.forEach(
          (time, value) -> byTime.computeIfAbsent(time, key -> new ArrayList<>()).add(value));
    }
    var ranks = new HashMap<String, Map<Long, Double>>();
    byTime.forEach(
        (time, values) -> {
          Collections.sort(values);
          for (int rank = 0; rank < values.size(); rank++) {
            ranks
                .computeIfAbsent("rank " + rank, key -> new HashMap<>())
                .put(time, values.get(rank));
          }
        });
    return new Answer(ranks);
  }

  long points() {
    return series.values().stream().mapToLong(Map::size).sum();
  }

  /**
   * What another answer has otherwise; empty if it has the same series with values at the same
   * times that differ by no more than a part of the value.
   */
  Optional<String> difference(Answer other, double tolerance) {
    if (series.isEmpty()) {
      return Optional.of("nothing to compare with");
    }
    for (Map.Entry<String, Map<Long, Double>> one : series.entrySet()) {
      Map<Long, Double> values = other.series.get(one.getKey());
      if (values == null) {
        return Optional.of(
            "%d series of %d, without %s"
                .formatted(other.series.size(), series.size(), one.getKey()));
      }
      for (Map.Entry<Long, Double> point : one.getValue().entrySet()) {
        Double value = values.get(point.getKey());
        if (value == null || !near(point.getValue(), value, tolerance)) {
          return Optional.of(
              String.format(
                  Locale.ROOT,
                  "%s at %d: %s (expected: %s)",
                  one.getKey(),
                  point.getKey(),
                  value,
                  point.getValue()));
        }
      }
    }
    return other.series.size() == series.size() && other.points() == points()
        ? Optional.empty()
        : Optional.of(
            "%d series with %d points (expected: %d with %d)"
                .formatted(other.series.size(), other.points(), series.size(), points()));
  }

  private static boolean near(double expected, double found, double tolerance) {
    if (!Double.isFinite(expected) || !Double.isFinite(found)) {
      return Double.compare(expected, found) == 0;
    }
    return Math.abs(expected - found) <= tolerance * Math.max(Math.abs(expected), Math.abs(found));
  }
}

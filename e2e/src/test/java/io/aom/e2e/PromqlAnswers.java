package io.aom.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Range answers of two servers that speak Prometheus's API, point by point. */
final class PromqlAnswers {
  private PromqlAnswers() {}

  /**
   * Values by labels and time in milliseconds.
   *
   * @param without a label that is left out
   */
  static Map<Map<String, String>, Map<Long, Double>> points(JsonNode answer, String without) {
    Map<Map<String, String>, Map<Long, Double>> series = new HashMap<>();
    for (JsonNode one : answer.at("/data/result")) {
      Map<String, String> labels = new TreeMap<>();
      one.get("metric").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asString()));
      labels.remove(without);
      Map<Long, Double> points = new TreeMap<>();
      for (JsonNode point : one.get("values")) {
        String value = point.get(1).asString().replace("Inf", "Infinity");
        points.put(Math.round(point.get(0).asDouble() * 1000), Double.valueOf(value));
      }
      if (series.put(labels, points) != null) {
        throw new AssertionError("twice: " + labels);
      }
    }
    return series;
  }

  /**
   * What one has and the other has not, or has otherwise.
   *
   * @param tolerance how far apart two values may be, relative to their size: where sums of many
   *     numbers are divided, versions of Prometheus differ among themselves in the last digits
   */
  static List<String> differences(
      Map<Map<String, String>, Map<Long, Double>> ours,
      Map<Map<String, String>, Map<Long, Double>> theirs,
      double tolerance) {
    List<String> differences = new ArrayList<>();
    Set<Map<String, String>> all = new HashSet<>(ours.keySet());
    all.addAll(theirs.keySet());
    for (Map<String, String> labels : all) {
      Map<Long, Double> our = ours.getOrDefault(labels, Map.of());
      Map<Long, Double> their = theirs.getOrDefault(labels, Map.of());
      Set<Long> times = new TreeSet<>(our.keySet());
      times.addAll(their.keySet());
      for (long time : times) {
        if (!alike(our.get(time), their.get(time), tolerance)) {
          differences.add(
              "%s at %d: %s (expected: %s)"
                  .formatted(labels, time, our.get(time), their.get(time)));
        }
      }
    }
    return differences;
  }

  private static boolean alike(@Nullable Double our, @Nullable Double their, double tolerance) {
    if (our == null || their == null || our.equals(their)) {
      return Objects.equals(our, their);
    }
    return Math.abs(our - their) <= tolerance * Math.abs(their);
  }
}

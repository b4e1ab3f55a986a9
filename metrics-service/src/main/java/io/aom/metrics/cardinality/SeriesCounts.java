package io.aom.metrics.cardinality;

import io.aom.metrics.series.Labels;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** How many series have which label pair. Not thread-safe. */
public final class SeriesCounts {
  private final Map<String, Map<String, Long>> byNameAndValue = new HashMap<>();
  private long series;
  private long pairs;
  private long leftOut;

  /** A text and how many series, values or bytes go with it. */
  public record Count(String name, long value) {}

  /** Counts another series. */
  void add(Labels labels) {
    series++;
    for (int i = 0; i < labels.size(); i++) {
      add(labels.name(i), labels.value(i), 1);
    }
  }

  /** Adds counts of other series. */
  void add(SeriesCounts others) {
    series += others.series;
    leftOut += others.leftOut;
    others.byNameAndValue.forEach(
        (name, values) -> values.forEach((value, count) -> add(name, value, count)));
  }

  void add(String name, String value, long count) {
    Map<String, Long> values = byNameAndValue.computeIfAbsent(name, n -> new HashMap<>());
    if (values.merge(value, count, Long::sum) == count) {
      pairs++;
    }
  }

  void addSeries(long count) {
    series += count;
  }

  /** Notes pairs that are not here although some series has them. */
  void addLeftOut(long count) {
    leftOut += count;
  }

  public long series() {
    return series;
  }

  /** Different label pairs. */
  public long pairs() {
    return pairs + leftOut;
  }

  /** Pairs that a part of the counts had no room for; then counts of values are too low. */
  public long leftOut() {
    return leftOut;
  }

  Map<String, Map<String, Long>> byNameAndValue() {
    return byNameAndValue;
  }

  /** The label values with most series; for {@link Labels#NAME} the metrics. */
  public List<Count> byValue(String label, int limit) {
    Top top = new Top(limit);
    byNameAndValue.getOrDefault(label, Map.of()).forEach(top::offer);
    return top.counts();
  }

  /** The label names with most values. */
  public List<Count> valuesByName(int limit) {
    Top top = new Top(limit);
    byNameAndValue.forEach((name, values) -> top.offer(name, (long) values.size()));
    return top.counts();
  }

  /** The label names whose values take most bytes over all series. */
  public List<Count> bytesByName(int limit) {
    Top top = new Top(limit);
    byNameAndValue.forEach((name, values) -> top.offer(name, bytes(values)));
    return top.counts();
  }

  private static long bytes(Map<String, Long> values) {
    long bytes = 0;
    for (Map.Entry<String, Long> value : values.entrySet()) {
      bytes += value.getKey().getBytes(StandardCharsets.UTF_8).length * value.getValue();
    }
    return bytes;
  }

  /** The pairs with most series, as {@code name=value}. */
  public List<Count> byPair(int limit) {
    Top top = new Top(limit);
    byNameAndValue.keySet().forEach(name -> offerPairs(name, top));
    return top.counts();
  }

  /** Those of one label. */
  public List<Count> byPair(String label, int limit) {
    Top top = new Top(limit);
    offerPairs(label, top);
    return top.counts();
  }

  private void offerPairs(String name, Top top) {
    byNameAndValue
        .getOrDefault(name, Map.of())
        .forEach((value, count) -> top.offer(name + "=" + value, count));
  }

  /** The largest counts, and of equal ones those first in the alphabet. */
  private static final class Top {
    private static final Comparator<Count> ORDER =
        Comparator.comparingLong(Count::value).reversed().thenComparing(Count::name);

    private final PriorityQueue<Count> kept = new PriorityQueue<>(ORDER.reversed());
    private final int limit;

    Top(int limit) {
      this.limit = limit;
    }

    void offer(String name, long count) {
      if (kept.size() == limit && (kept.isEmpty() || kept.peek().value() > count)) {
        return;
      }
      kept.add(new Count(name, count));
      if (kept.size() > limit) {
        kept.remove();
      }
    }

    List<Count> counts() {
      return kept.stream().sorted(ORDER).toList();
    }
  }
}

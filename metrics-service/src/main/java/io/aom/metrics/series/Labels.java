package io.aom.metrics.series;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A label set: names with values, sorted by name, no name twice, no empty value (an empty value
 * means that the label is not there). Immutable; equal sets are equal.
 */
public final class Labels implements Comparable<Labels> {
  public static final String NAME = "__name__";
  public static final String TYPE = "__type__";
  public static final String UNIT = "__unit__";
  public static final Labels EMPTY = new Labels(new String[0]);

  /** Names at even, values at odd places. */
  private final String[] pairs;

  private int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
  }

  /** Labels from names and values in turn, in any order; of a repeated name the last one counts. */
  public static Labels of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "labels: " + namesAndValues.length + " strings (expected: an even number)");
    }
    TreeMap<String, String> sorted = new TreeMap<>(Labels::compareText);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      sorted.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return ofSortedMap(sorted);
  }

  public static Labels of(Map<String, String> labels) {
    TreeMap<String, String> sorted = new TreeMap<>(Labels::compareText);
    sorted.putAll(labels);
    return ofSortedMap(sorted);
  }

  /**
   * Labels from an array that already keeps every rule of this class; the array is not copied.
   * Where the rules may be broken, use {@link #of(String...)}.
   */
  public static Labels ofCanonical(String[] namesAndValues) {
    return namesAndValues.length == 0 ? EMPTY : new Labels(namesAndValues);
  }

  private static Labels ofSortedMap(Map<String, String> sorted) {
    sorted.values().removeIf(String::isEmpty);
    String[] pairs = new String[sorted.size() * 2];
    int i = 0;
    for (Map.Entry<String, String> label : sorted.entrySet()) {
      pairs[i++] = label.getKey();
      pairs[i++] = label.getValue();
    }
    return ofCanonical(pairs);
  }

  public int size() {
    return pairs.length / 2;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  public String name(int index) {
    return pairs[index * 2];
  }

  public String value(int index) {
    return pairs[index * 2 + 1];
  }

  /** Value of the label, or the empty string if it is not there. */
  public String get(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  public boolean has(String name) {
    return !get(name).isEmpty();
  }

  public String metricName() {
    return get(NAME);
  }

  /** Only the labels of these names. */
  public Labels keep(Collection<String> names) {
    return filter(names, true);
  }

  /** All but the labels of these names. */
  public Labels without(Collection<String> names) {
    return filter(names, false);
  }

  public Labels without(String name) {
    return has(name) ? filter(List.of(name), false) : this;
  }

  /** Without the metric's name and its type and unit, which belong to the name. */
  public Labels withoutMetricIdentity() {
    return filter(List.of(NAME, TYPE, UNIT), false);
  }

  /** With the label set to this value; an empty value removes it. */
  public Labels with(String name, String value) {
    if (value.isEmpty()) {
      return without(name);
    }
    String[] result = new String[pairs.length + 2];
    int to = 0;
    int from = 0;
    while (from < pairs.length && compareText(pairs[from], name) < 0) {
      result[to++] = pairs[from++];
      result[to++] = pairs[from++];
    }
    result[to++] = name;
    result[to++] = value;
    if (from < pairs.length && pairs[from].equals(name)) {
      from += 2;
    }
    while (from < pairs.length) {
      result[to++] = pairs[from++];
    }
    return new Labels(to == result.length ? result : Arrays.copyOf(result, to));
  }

  private Labels filter(Collection<String> names, boolean keepListed) {
    String[] result = new String[pairs.length];
    int to = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      if (names.contains(pairs[i]) == keepListed) {
        result[to++] = pairs[i];
        result[to++] = pairs[i + 1];
      }
    }
    return to == pairs.length ? this : ofCanonical(Arrays.copyOf(result, to));
  }

  public Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  /** Order of the UTF-8 bytes, which is that of code points. */
  public static int compareText(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean surrogateX = Character.isSurrogate(x);
        boolean surrogateY = Character.isSurrogate(y);
        return surrogateX == surrogateY ? Character.compare(x, y) : surrogateX ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the same text mostly is the same object
  public int compareTo(Labels other) {
    int shorter = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < shorter; i++) {
      if (pairs[i] == other.pairs[i]) {
        continue;
      }
      int order = compareText(pairs[i], other.pairs[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels that && Arrays.equals(pairs, that.pairs);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(pairs);
      hash = h;
    }
    return h;
  }

  /** As PromQL writes it: {@code name{label="value", ...}}. */
  @Override
  public String toString() {
    String metric = metricName();
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      if (!pairs[i].equals(NAME)) {
        parts.add(pairs[i] + "=" + quote(pairs[i + 1]));
      }
    }
    return parts.isEmpty() && !metric.isEmpty()
        ? metric
        : metric + "{" + String.join(", ", parts) + "}";
  }

  /** Like {@link #toString}, with the metric name among the labels. */
  public String toLabelText() {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      parts.add(pairs[i] + "=" + quote(pairs[i + 1]));
    }
    return "{" + String.join(", ", parts) + "}";
  }

  /** A double-quoted PromQL string. */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '\r' -> quoted.append("\\r");
        default -> {
          if (c < 0x20 || c == 0x7F) {
            quoted.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}

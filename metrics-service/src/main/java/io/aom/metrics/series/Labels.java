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

  /**
   * As PromQL writes it: {@code name{label="value", ...}}; a name that could not be read so stands
   * between the braces, in quotes.
   */
  @Override
  public String toString() {
    String metric = metricName();
    List<String> parts = new ArrayList<>();
    if (!metric.isEmpty() && !isPlain(metric.replace(':', '_'))) {
      parts.add(quote(metric));
      metric = "";
    }
    for (int i = 0; i < pairs.length; i += 2) {
      if (!pairs[i].equals(NAME)) {
        parts.add(quoteName(pairs[i]) + "=" + quote(pairs[i + 1]));
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
      parts.add(quoteName(pairs[i]) + "=" + quote(pairs[i + 1]));
    }
    return "{" + String.join(", ", parts) + "}";
  }

  /** How a label's name is written: as it is, or quoted if PromQL would not read it so. */
  public static String quoteName(String name) {
    return isPlain(name) ? name : quote(name);
  }

  /** Names of labels as they are written in a list. */
  public static String quoteNames(List<String> names) {
    return String.join(", ", names.stream().map(Labels::quoteName).toList());
  }

  /** Whether it has letters, digits and underscores of ASCII only, and begins with no digit. */
  public static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && !(i > 0 && c >= '0' && c <= '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** A double-quoted PromQL string; what cannot be seen is written as an escape, as Go does. */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(point -> escape(point, '"', quoted));
    return quoted.append('"').toString();
  }

  /** A character between single quotes, written as {@link #quote} does. */
  public static String quoteCharacter(int point) {
    StringBuilder quoted = new StringBuilder().append('\'');
    escape(point, '\'', quoted);
    return quoted.append('\'').toString();
  }

  private static void escape(int point, char quote, StringBuilder to) {
    switch (point) {
      case '\\' -> to.append("\\\\");
      case 0x07 -> to.append("\\a");
      case '\b' -> to.append("\\b");
      case '\f' -> to.append("\\f");
      case '\n' -> to.append("\\n");
      case '\r' -> to.append("\\r");
      case '\t' -> to.append("\\t");
      case 0x0B -> to.append("\\v");
      default -> {
        if (point == quote) {
          to.append('\\').append(quote);
        } else if (isPrintable(point)) {
          to.appendCodePoint(point);
        } else {
          String form = point < 0x80 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x";
          to.append(String.format(Locale.ROOT, form, point));
        }
      }
    }
  }

  /** Letters, marks, numbers, punctuation, symbols and the blank: all of which leave a trace. */
  private static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> point == ' ';
      default -> true;
    };
  }
}

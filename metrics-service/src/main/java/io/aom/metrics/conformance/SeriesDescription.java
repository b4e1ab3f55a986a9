package io.aom.metrics.conformance;

import io.aom.metrics.promql.Buckets;
import io.aom.metrics.promql.Durations;
import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A series with values as scripts write them: {@code up{job="a"} 1 _ 2+3x4 stale {{count:1}}}.
 *
 * @param starts whether the values are start times of the samples of the next line, in seconds
 *     after each sample
 */
record SeriesDescription(Labels labels, boolean starts, List<Item> items) {
  private static final int MOST_ITEMS = 1_000_000;
  private static final Pattern FLOATS =
      Pattern.compile(
          "(?<first>[-+]?(?:[\\d._]+(?:[eE][-+]?\\d+)?[a-z]*?|(?i:inf|nan)))"
              + "(?<step>[-+](?:[\\d._]+(?:[eE][-+]?\\d+)?[a-z]*?|(?i:inf|nan)))?"
              + "(?:x(?<times>\\d+))?");
  private static final Pattern HISTOGRAMS =
      Pattern.compile(
          "\\{\\{(?<first>.*?)\\}\\}(?:(?<sign>[-+])\\{\\{(?<step>.*?)\\}\\})?(?:x(?<times>\\d+))?");
  private static final Pattern FIELD = Pattern.compile("\\s*(\\w+):(\\[[^\\]]*\\]|\\S+)");

  /**
   * A float, a histogram, or a gap (both null).
   *
   * @param hinted whether the histogram's hint was written
   */
  record Item(@Nullable Double value, @Nullable FloatHistogram histogram, boolean hinted) {
    static final Item GAP = new Item(null, null, false);

    boolean gap() {
      return value == null && histogram == null;
    }

    @Override
    public String toString() {
      return gap() ? "_" : value == null ? String.valueOf(histogram) : value.toString();
    }
  }

  /**
   * @throws IllegalArgumentException if the line is no such description
   */
  static SeriesDescription parse(String line) {
    int end = labelsEnd(line);
    boolean starts = line.startsWith("@st", end);
    return new SeriesDescription(
        labels(line.substring(0, end)), starts, items(line.substring(starts ? end + 3 : end)));
  }

  private static int labelsEnd(String text) {
    char quote = 0;
    boolean braces = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        if (c == '\\' && quote != '`') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (braces && (c == '"' || c == '\'' || c == '`')) {
        quote = c;
      } else if (c == '{') {
        braces = true;
      } else if (c == '}') {
        return i + 1;
      } else if (!braces && (Character.isWhitespace(c) || c == '@')) {
        return i;
      }
    }
    return text.length();
  }

  static Labels labels(String text) {
    String selector = text.strip();
    if (selector.matches("\\{\\s*}")) {
      return Labels.EMPTY;
    }
    // A selector must hold something back; a label set may hold empty values only.
    String guard = "zzz_guard";
    String guarded =
        selector.endsWith("}")
            ? selector.substring(0, selector.length() - 1).replaceFirst("[,\\s]+$", "")
                + (selector.replaceAll("\\s", "").endsWith("{}") ? "" : ",")
                + guard
                + "=\"x\"}"
            : selector;
    List<String> pairs = new ArrayList<>();
    for (LabelMatcher matcher : Parser.parseSelector(guarded)) {
      if (!matcher.name().equals(guard) && !matcher.value().isEmpty()) {
        pairs.add(matcher.name());
        pairs.add(matcher.value());
      }
    }
    return Labels.of(pairs.toArray(String[]::new));
  }

  static List<Item> items(String text) {
    List<Item> items = new ArrayList<>();
    for (String word : words(text)) {
      if (word.startsWith("{{")) {
        histograms(word, items);
      } else {
        floats(word, items);
      }
      if (items.size() > MOST_ITEMS) {
        throw new IllegalArgumentException("values: more than " + MOST_ITEMS);
      }
    }
    return items;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int depth = 0;
    StringBuilder word = new StringBuilder();
    for (char c : (text + " ").toCharArray()) {
      if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
      }
      if (Character.isWhitespace(c) && depth == 0) {
        if (!word.isEmpty()) {
          words.add(word.toString());
        }
        word.setLength(0);
      } else {
        word.append(c);
      }
    }
    if (depth != 0) {
      throw new IllegalArgumentException("unclosed histogram: " + text);
    }
    return words;
  }

  private static void floats(String word, List<Item> items) {
    if (word.equals("_") || word.matches("_x\\d+")) {
      repeat(word.equals("_") ? 1 : times(word.substring(2)), i -> Item.GAP, items);
      return;
    }
    if (word.equals("stale")) {
      items.add(new Item(StaleMarker.VALUE, null, false));
      return;
    }
    Matcher parts = FLOATS.matcher(word);
    if (!parts.matches()) {
      throw new IllegalArgumentException("series value: " + word);
    }
    double[] value = {number(parts.group("first"))};
    String stepText = parts.group("step");
    double step = stepText == null ? 0 : number(stepText);
    int times = parts.group("times") == null ? 0 : times(parts.group("times"));
    repeat(
        times + 1,
        i -> {
          Item item = new Item(value[0], null, false);
          value[0] = stepText == null ? value[0] : value[0] + step;
          return item;
        },
        items);
  }

  private static int times(String digits) {
    if (digits.length() > 7) {
      throw new IllegalArgumentException("repeats: " + digits + " (expected: below 10,000,000)");
    }
    return Integer.parseInt(digits);
  }

  private static void repeat(int count, IntFunction<Item> item, List<Item> items) {
    if (items.size() + (long) count > MOST_ITEMS) {
      throw new IllegalArgumentException("values: more than " + MOST_ITEMS);
    }
    for (int i = 0; i < count; i++) {
      items.add(item.apply(i));
    }
  }

  /** A number, or a duration in seconds. */
  static double number(String text) {
    boolean negative = text.startsWith("-");
    String plain = negative || text.startsWith("+") ? text.substring(1) : text;
    double value =
        switch (plain.toLowerCase(Locale.ROOT)) {
          case "inf", "infinity" -> Double.POSITIVE_INFINITY;
          case "nan" -> Double.NaN;
          default -> finite(plain);
        };
    return negative ? -value : value;
  }

  private static double finite(String text) {
    if (text.length() > 2 && text.startsWith("0x")) {
      return Long.parseLong(text.substring(2), 16);
    }
    if (!text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1))) {
      long millis = Durations.parseMillis(text);
      if (millis < 0) {
        throw new IllegalArgumentException("number: " + text);
      }
      return millis / 1000.0;
    }
    if (text.isEmpty() || text.charAt(0) == '-' || text.charAt(0) == '+') {
      throw new IllegalArgumentException("number: " + text);
    }
    return Double.parseDouble(text.replace("_", ""));
  }

  private static void histograms(String word, List<Item> items) {
    Matcher parts = HISTOGRAMS.matcher(word);
    if (!parts.matches()) {
      throw new IllegalArgumentException("histogram: " + word);
    }
    String last = parts.group("step") == null ? parts.group("first") : parts.group("step");
    boolean hinted = last.contains("counter_reset_hint:");
    FloatHistogram[] value = {histogram(parts.group("first"))};
    FloatHistogram step = parts.group("step") == null ? null : histogram(parts.group("step"));
    boolean falls = "-".equals(parts.group("sign"));
    int times = parts.group("times") == null ? 0 : times(parts.group("times"));
    repeat(
        times + 1,
        i -> {
          Item item = new Item(null, value[0], hinted);
          if (step != null) {
            FloatHistogram next = falls ? value[0].minus(step) : value[0].plus(step);
            value[0] = next.withHint(value[0].plus(step).hint());
          }
          return item;
        },
        items);
  }

  static FloatHistogram histogram(String text) {
    Map<String, String> fields = new HashMap<>();
    Matcher field = FIELD.matcher(text);
    int end = 0;
    while (field.find() && text.substring(end, field.start()).isBlank()) {
      if (fields.put(field.group(1), field.group(2)) != null) {
        throw new IllegalArgumentException("histogram field twice: " + field.group(1));
      }
      end = field.end();
    }
    Set<String> unknown = new HashSet<>(fields.keySet());
    unknown.removeAll(
        Set.of(
            "schema",
            "sum",
            "count",
            "z_bucket",
            "z_bucket_w",
            "offset",
            "n_offset",
            "buckets",
            "n_buckets",
            "custom_values",
            "counter_reset_hint"));
    if (!text.substring(end).isBlank() || !unknown.isEmpty()) {
      throw new IllegalArgumentException("histogram: " + text);
    }
    return FloatHistogram.of(
        Integer.parseInt(fields.getOrDefault("schema", "0")),
        Hint.valueOf(fields.getOrDefault("counter_reset_hint", "unknown").toUpperCase(Locale.ROOT)),
        number(fields.getOrDefault("z_bucket_w", "0")),
        number(fields.getOrDefault("z_bucket", "0")),
        number(fields.getOrDefault("count", "0")),
        number(fields.getOrDefault("sum", "0")),
        buckets(fields, "offset", "buckets"),
        buckets(fields, "n_offset", "n_buckets"),
        numbers(fields.getOrDefault("custom_values", "[]")));
  }

  private static Buckets buckets(Map<String, String> fields, String offset, String counts) {
    return Buckets.from(
        Integer.parseInt(fields.getOrDefault(offset, "0")),
        numbers(fields.getOrDefault(counts, "[]")));
  }

  private static double[] numbers(String list) {
    String inner = list.substring(1, list.length() - 1).strip();
    if (inner.isEmpty()) {
      return new double[0];
    }
    String[] words = inner.split("\\s+", -1);
    double[] numbers = new double[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = number(words[i]);
    }
    return numbers;
  }
}

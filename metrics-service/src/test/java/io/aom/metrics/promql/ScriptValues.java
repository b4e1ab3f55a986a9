package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A series with values as scripts write them. */
final class ScriptValues {
  /** A value, a histogram, or a gap (both null). */
  record Item(Double value, FloatHistogram histogram, boolean hinted) {
    static final Item GAP = new Item(null, null, false);

    boolean gap() {
      return value == null && histogram == null;
    }
  }

  /**
   * @param start whether the values are start times of the series' samples
   */
  record Line(Labels labels, boolean start, List<Item> items) {}

  private ScriptValues() {}

  static Line line(String text) {
    int end = labelsEnd(text);
    String metric = text.substring(0, end);
    boolean start = text.startsWith("@st", end);
    return new Line(labels(metric), start, items(text.substring(start ? end + 3 : end)));
  }

  private static int labelsEnd(String text) {
    boolean quoted = false;
    boolean braces = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
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
    if (text.equals("{}")) {
      return Labels.EMPTY;
    }
    String selector = text.endsWith("{}") ? text.substring(0, text.length() - 2) : text;
    String[] pairs = new String[64];
    int size = 0;
    // An empty value is allowed here, which no selector alone would be.
    for (LabelMatcher matcher : Parser.parseSelector(withSomething(selector))) {
      if (!matcher.name().equals("zzz_any")) {
        pairs[size++] = matcher.name();
        pairs[size++] = matcher.value();
      }
    }
    return Labels.of(Arrays.copyOf(pairs, size));
  }

  private static String withSomething(String selector) {
    return selector.endsWith("}")
        ? selector.substring(0, selector.length() - 1)
            + (selector.endsWith("{}") ? "" : ",")
            + "zzz_any=\"x\"}"
        : selector;
  }

  static List<String> words(String text) {
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
    return words;
  }

  static List<Item> items(String text) {
    List<Item> items = new ArrayList<>();
    for (String word : words(text)) {
      if (word.startsWith("{{")) {
        histograms(word, items);
      } else {
        floats(word, items);
      }
    }
    return items;
  }

  private static void floats(String word, List<Item> items) {
    int times = word.lastIndexOf('x');
    int repeats = 0;
    String base = word;
    if (times > 0 && word.substring(times + 1).matches("\\d+")) {
      repeats = Integer.parseInt(word.substring(times + 1));
      base = word.substring(0, times);
    }
    if (base.equals("_")) {
      for (int i = 0; i < Math.max(1, repeats); i++) {
        items.add(Item.GAP);
      }
      return;
    }
    if (base.equals("stale")) {
      for (int i = 0; i <= repeats; i++) {
        items.add(new Item(StaleMarker.VALUE, null, false));
      }
      return;
    }
    int sign = -1;
    for (int i = 1; i < base.length() && times > 0; i++) {
      char before = base.charAt(i - 1);
      if ((base.charAt(i) == '+' || base.charAt(i) == '-') && before != 'e' && before != 'E') {
        sign = i;
      }
    }
    double value = number(sign < 0 ? base : base.substring(0, sign));
    double step = sign < 0 ? 0 : number(base.substring(sign));
    for (int i = 0; i <= repeats; i++) {
      items.add(new Item(value, null, false));
      value += step;
    }
  }

  static double number(String text) {
    String plain = text.startsWith("+") ? text.substring(1) : text;
    switch (plain.toLowerCase(Locale.ROOT)) {
      case "inf" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-inf" -> {
        return Double.NEGATIVE_INFINITY;
      }
      case "nan" -> {
        return Double.NaN;
      }
      default -> {}
    }
    boolean negative = plain.startsWith("-");
    String positive = negative ? plain.substring(1) : plain;
    if (!positive.isEmpty() && Character.isLetter(positive.charAt(positive.length() - 1))) {
      long millis = Durations.parseMillis(positive);
      if (millis >= 0) {
        return (negative ? -millis : millis) / 1000.0;
      }
    }
    return Double.parseDouble(plain);
  }

  private static void histograms(String word, List<Item> items) {
    int end = word.indexOf("}}") + 2;
    FloatHistogram first = histogram(word.substring(2, end - 2));
    boolean hinted = word.substring(0, end).contains("counter_reset_hint");
    String rest = word.substring(end);
    FloatHistogram step = null;
    double sign = 1;
    if (rest.startsWith("+") || rest.startsWith("-")) {
      sign = rest.startsWith("-") ? -1 : 1;
      int stepEnd = rest.indexOf("}}") + 2;
      step = histogram(rest.substring(3, stepEnd - 2)).times(1);
      rest = rest.substring(stepEnd);
    }
    int repeats = rest.startsWith("x") ? Integer.parseInt(rest.substring(1)) : 0;
    FloatHistogram value = first;
    for (int i = 0; i <= repeats; i++) {
      items.add(new Item(null, value, hinted));
      if (step != null) {
        FloatHistogram next = sign > 0 ? value.plus(step) : value.minus(step);
        value = next.withHint(first.hint());
      }
    }
  }

  static FloatHistogram histogram(String text) {
    int schema = 0;
    double sum = 0;
    double count = 0;
    double zeros = 0;
    double width = 0;
    int offset = 0;
    int negativeOffset = 0;
    double[] positive = {};
    double[] negative = {};
    double[] bounds = {};
    Hint hint = Hint.UNKNOWN;
    for (String field :
        text.replaceAll("\\[\\s*", "[")
            .replaceAll("\\s*\\]", "]")
            .strip()
            .split("\\s+(?![^\\[]*\\])")) {
      if (field.isEmpty()) {
        continue;
      }
      int colon = field.indexOf(':');
      String name = field.substring(0, colon);
      String value = field.substring(colon + 1);
      switch (name) {
        case "schema" -> schema = Integer.parseInt(value);
        case "sum" -> sum = number(value);
        case "count" -> count = number(value);
        case "z_bucket" -> zeros = number(value);
        case "z_bucket_w" -> width = number(value);
        case "offset" -> offset = Integer.parseInt(value);
        case "n_offset" -> negativeOffset = Integer.parseInt(value);
        case "buckets" -> positive = numbers(value);
        case "n_buckets" -> negative = numbers(value);
        case "custom_values" -> bounds = numbers(value);
        case "counter_reset_hint" -> hint = Hint.valueOf(value.toUpperCase(Locale.ROOT));
        default -> throw new IllegalArgumentException("histogram field: " + name);
      }
    }
    return new FloatHistogram(
        schema,
        hint,
        width,
        zeros,
        count,
        sum,
        buckets(offset, positive),
        buckets(negativeOffset, negative),
        bounds);
  }

  private static double[] numbers(String list) {
    String inner = list.substring(1, list.length() - 1).strip();
    if (inner.isEmpty()) {
      return new double[0];
    }
    String[] words = inner.split("\\s+");
    double[] numbers = new double[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = number(words[i]);
    }
    return numbers;
  }

  private static Buckets buckets(int offset, double[] counts) {
    Buckets.Builder builder = new Buckets.Builder();
    for (int i = 0; i < counts.length; i++) {
      builder.add(offset + i, counts[i]);
    }
    return builder.build();
  }
}

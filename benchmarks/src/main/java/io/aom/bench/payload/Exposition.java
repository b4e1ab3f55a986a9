package io.aom.bench.payload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the text format in which exporters show their metrics. */
public final class Exposition {
  private final String line;
  private int at;

  private Exposition(String line) {
    this.line = line;
  }

  /**
   * The value of each series, by its labels with {@code __name__} among them.
   *
   * @throws IllegalArgumentException for a line that is no sample
   */
  public static Map<SortedMap<String, String>, Double> parse(String text) {
    var samples = new LinkedHashMap<SortedMap<String, String>, Double>();
    text.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .forEach(line -> new Exposition(line).read(samples));
    return samples;
  }

  private void read(Map<SortedMap<String, String>, Double> samples) {
    var labels = new TreeMap<String, String>();
    labels.put("__name__", until("{ "));
    if (peek() == '{') {
      at++;
      while (peek() != '}') {
        String name = until("=");
        at += 2; // The sign and the quotation mark.
        labels.put(name, quoted());
        if (peek() == ',') {
          at++;
        }
      }
      at++;
    }
    String value = line.substring(at).strip().split(" ", 2)[0];
    try {
      samples.put(labels, Double.parseDouble(value.replace("Inf", "Infinity")));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("value: " + value + " (expected: a number) in " + line, e);
    }
  }

  private char peek() {
    if (at >= line.length()) {
      throw new IllegalArgumentException("line: " + line + " (expected: name{labels} value)");
    }
    return line.charAt(at);
  }

  private String until(String ends) {
    int from = at;
    while (ends.indexOf(peek()) < 0) {
      at++;
    }
    return line.substring(from, at);
  }

  private String quoted() {
    var text = new StringBuilder();
    while (peek() != '"') {
      if (peek() == '\\') {
        at++;
        text.append(peek() == 'n' ? '\n' : peek());
      } else {
        text.append(peek());
      }
      at++;
    }
    at++;
    return text.toString();
  }
}

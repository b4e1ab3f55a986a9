package io.aom.metrics.recording;

import io.aom.metrics.promql.Expr;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What is wrong with a group or a rule, in words. */
final class Checks {
  private static final int MAX_NAME_LENGTH = 500;
  private static final int MAX_LABELS = 32;
  private static final int MAX_VALUE_LENGTH = 1_024;

  private Checks() {}

  static void check(boolean right, String member, Object got, String expected) {
    if (!right) {
      throw wrong(member, got + " (expected: " + expected + ")");
    }
  }

  static RejectedException wrong(String member, String what) {
    return new RejectedException(
        Problem.BAD_REQUEST, member + ": " + what, Map.of("member", member));
  }

  /** A name of a group, metric or label: any text that UTF-8 can hold. */
  static void name(String member, String name) {
    check(
        !name.isBlank()
            && name.length() <= MAX_NAME_LENGTH
            && StandardCharsets.UTF_8.newEncoder().canEncode(name),
        member,
        name.isBlank() ? "empty" : name.length() + " characters",
        "1 to " + MAX_NAME_LENGTH + " characters of Unicode");
  }

  static Expr promql(String expr) {
    try {
      return Parser.parse(expr);
    } catch (PromqlException e) {
      throw wrong("expr", String.valueOf(e.getMessage()));
    }
  }

  /** In the order of their names. */
  static Map<String, String> labels(Map<String, String> labels) {
    check(labels.size() <= MAX_LABELS, "labels", labels.size(), "at most " + MAX_LABELS);
    labels.forEach(
        (name, value) -> {
          name("labels", name);
          check(!name.equals(Labels.NAME), "labels", name, "the name goes into record");
          check(
              value.length() <= MAX_VALUE_LENGTH
                  && StandardCharsets.UTF_8.newEncoder().canEncode(value),
              "labels." + name,
              value.length() + " characters",
              "at most " + MAX_VALUE_LENGTH + " characters of Unicode");
        });
    return Collections.unmodifiableMap(new TreeMap<>(labels));
  }
}

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
        !name.isBlank() && name.length() <= MAX_NAME_LENGTH && isUnicode(name),
        member,
        name.isBlank() ? "empty" : name.length() + " characters",
        "1 to " + MAX_NAME_LENGTH + " characters of Unicode");
  }

  /** A name as Prometheus takes it, of whatever length. */
  static void unboundedName(String member, String name) {
    check(
        !name.isEmpty() && isUnicode(name),
        member,
        name.isEmpty() ? "empty" : name.length() + " characters",
        "characters of Unicode");
  }

  private static boolean isUnicode(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  static Expr promql(String expr) {
    try {
      return Parser.parse(expr);
    } catch (PromqlException e) {
      throw wrong("expr", String.valueOf(e.getMessage()));
    }
  }

  /** Labels as Prometheus takes them, of whatever number and length. */
  static void unboundedLabels(Map<String, String> labels) {
    labels.forEach(
        (name, value) -> {
          unboundedName("labels", name);
          check(!name.equals(Labels.NAME), "labels", name, "any other name");
          check(
              isUnicode(value),
              "labels." + name,
              value.length() + " characters",
              "characters of Unicode");
        });
  }

  /** In the order of their names. */
  static Map<String, String> labels(Map<String, String> labels) {
    check(labels.size() <= MAX_LABELS, "labels", labels.size(), "at most " + MAX_LABELS);
    unboundedLabels(labels);
    labels.forEach(
        (name, value) -> {
          name("labels", name);
          check(
              value.length() <= MAX_VALUE_LENGTH,
              "labels." + name,
              value.length() + " characters",
              "at most " + MAX_VALUE_LENGTH + " characters");
        });
    return Collections.unmodifiableMap(new TreeMap<>(labels));
  }
}

package io.aom.metrics.retention.web;

import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.PromqlException;
import io.aom.service.retention.RetentionDocument.MetricRule;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A rule as a caller writes it.
 *
 * @param selector a series selector of PromQL, without a range or a time
 */
record RuleBody(@Nullable String name, @Nullable String selector, @Nullable Integer days) {
  private static final int MOST_RULES = 64;
  private static final int MAX_NAME_LENGTH = 100;
  private static final int MAX_SELECTOR_LENGTH = 4_096;

  static RuleBody of(MetricRule rule) {
    return new RuleBody(rule.name(), rule.selector(), rule.days());
  }

  /**
   * @throws RejectedException with 400 that names the rule and its member
   */
  static List<MetricRule> checked(@Nullable List<@Nullable RuleBody> rules) {
    if (rules == null) {
      return List.of();
    }
    check(
        rules.size() <= MOST_RULES,
        "metricRules",
        rules.size() + " rules",
        "at most " + MOST_RULES);
    List<MetricRule> checked = new ArrayList<>(rules.size());
    Set<String> names = new HashSet<>();
    for (int i = 0; i < rules.size(); i++) {
      String at = "metricRules[" + i + "]";
      RuleBody rule = rules.get(i);
      if (rule == null) {
        throw wrong(at, "null", "a name, a selector and days");
      }
      checked.add(rule.checked(at));
      String name = checked.getLast().name();
      check(names.add(name), at + ".name", name, "another than the rules before have");
    }
    return checked;
  }

  private MetricRule checked(String at) {
    if (name == null || name.isBlank() || name.length() > MAX_NAME_LENGTH) {
      throw wrong(
          at + ".name",
          name == null ? "missing" : name.length() + " characters",
          "1 to " + MAX_NAME_LENGTH + " characters, not all blank");
    }
    if (selector == null || selector.length() > MAX_SELECTOR_LENGTH) {
      throw wrong(
          at + ".selector",
          selector == null ? "missing" : selector.length() + " characters",
          "a series selector of at most " + MAX_SELECTOR_LENGTH + " characters");
    }
    try {
      Parser.parseSelector(selector);
    } catch (PromqlException e) {
      throw wrong(
          at + ".selector", String.valueOf(e.getMessage()), "a series selector, {job=\"a\"} say");
    }
    return new MetricRule(name, selector, RetentionController.days(at + ".days", days));
  }

  private static void check(boolean right, String member, String got, String expected) {
    if (!right) {
      throw wrong(member, got, expected);
    }
  }

  private static RejectedException wrong(String member, String got, String expected) {
    return new RejectedException(
        Problem.BAD_REQUEST, member + ": " + got + " (expected: " + expected + ")");
  }
}

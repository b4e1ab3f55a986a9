package io.aom.alarm.web;

import io.aom.alarm.web.PrometheusRules.Group;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** Which rules a caller of Prometheus's {@code /rules} wants. */
final class RuleFilter {
  private static final String NEXT_TOKEN = "group_next_token";

  private final MultiValueMap<String, String> parameters;
  private final String type;
  private final boolean excludeAlerts;
  private final int groupLimit;
  private @Nullable String nextToken;

  private RuleFilter(MultiValueMap<String, String> parameters) {
    this.parameters = parameters;
    this.type = text("type").toLowerCase(Locale.ROOT);
    this.excludeAlerts = flag("exclude_alerts");
    this.groupLimit = limit("group_limit");
  }

  /**
   * @throws RejectedException with 400 if a parameter is not understood
   */
  static RuleFilter of(MultiValueMap<String, String> parameters) {
    RuleFilter filter = new RuleFilter(parameters);
    if (!Set.of("", "alert", "record").contains(filter.type)) {
      throw invalid("type", filter.text("type"), "alert or record");
    }
    if (parameters.containsKey("match[]")) {
      throw invalid("match[]", "given", "rule_name[], rule_group[] or file[]");
    }
    if (!filter.text(NEXT_TOKEN).isEmpty() && filter.text("group_limit").isEmpty()) {
      throw invalid(NEXT_TOKEN, "without group_limit", "both");
    }
    return filter;
  }

  private static RejectedException invalid(String name, String got, String expected) {
    return new RejectedException(
        Problem.BAD_REQUEST,
        "invalid parameter \"" + name + "\": " + got + " (expected: " + expected + ")");
  }

  private String text(String name) {
    String text = parameters.getFirst(name);
    return text == null ? "" : text;
  }

  /** As Go's {@code strconv.ParseBool} has it, in any case. */
  private boolean flag(String name) {
    String text = text(name);
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "1", "t", "true" -> true;
      case "", "0", "f", "false" -> false;
      default -> throw invalid(name, text, "true or false");
    };
  }

  private int limit(String name) {
    String text = text(name);
    if (text.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit > 0) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw invalid(name, text, "a number above 0");
    }
    throw invalid(name, text, "a number above 0");
  }

  boolean wantsAlerting() {
    return !type.equals("record");
  }

  boolean wantsRecording() {
    return !type.equals("alert");
  }

  boolean wantsRule(String name) {
    return isAmong("rule_name[]", name);
  }

  boolean wantsGroup(String name, String file) {
    return isAmong("rule_group[]", name) && isAmong("file[]", file);
  }

  private boolean isAmong(String parameter, String value) {
    List<String> wanted = parameters.getOrDefault(parameter, List.of());
    return wanted.isEmpty() || wanted.contains(value);
  }

  boolean excludeAlerts() {
    return excludeAlerts;
  }

  /** The groups after the token that was given, as many as were asked for. */
  List<Group> page(List<Group> all) {
    String after = text(NEXT_TOKEN);
    int from = 0;
    if (!after.isEmpty()) {
      while (from < all.size() && !token(all.get(from)).equals(after)) {
        from++;
      }
      if (from == all.size()) {
        throw invalid(NEXT_TOKEN, after, "the one of the page before");
      }
    }
    int to = (int) Math.min(all.size(), (long) from + groupLimit);
    nextToken = to < all.size() ? token(all.get(to)) : null;
    return all.subList(from, to);
  }

  /** Groups of the same file have different names; names of two files may be alike. */
  private static String token(Group group) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((group.file() + "\n" + group.name()).getBytes(StandardCharsets.UTF_8));
  }

  /** Where the next page begins; null if there is none. */
  @Nullable String nextToken() {
    return nextToken;
  }
}

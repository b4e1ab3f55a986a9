package io.aom.alarm.web;

import io.aom.alarm.web.PrometheusRules.Group;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** Which rules a caller of Prometheus's {@code /rules} wants. */
final class RuleFilter {
  private final MultiValueMap<String, String> parameters;
  private final boolean excludeAlerts;
  private final int groupLimit;
  private @Nullable String nextToken;

  private RuleFilter(MultiValueMap<String, String> parameters) {
    this.parameters = parameters;
    this.excludeAlerts = flag("exclude_alerts");
    this.groupLimit = limit("group_limit");
  }

  /**
   * @throws RejectedException with 400 if a parameter is not understood
   */
  static RuleFilter of(MultiValueMap<String, String> parameters) {
    String type = parameters.getFirst("type");
    if (type != null && !Set.of("", "alert", "record").contains(type)) {
      throw invalid("type", type, "alert or record");
    }
    if (parameters.containsKey("match[]")) {
      throw invalid("match[]", "given", "rule_name[], rule_group[] or file[]");
    }
    return new RuleFilter(parameters);
  }

  private static RejectedException invalid(String name, String got, String expected) {
    return new RejectedException(
        Problem.BAD_REQUEST,
        "invalid parameter \"" + name + "\": " + got + " (expected: " + expected + ")");
  }

  private boolean flag(String name) {
    String text = parameters.getFirst(name);
    if (text == null || text.isEmpty() || text.equals("false") || text.equals("0")) {
      return false;
    }
    if (text.equals("true") || text.equals("1")) {
      return true;
    }
    throw invalid(name, text, "true or false");
  }

  private int limit(String name) {
    String text = parameters.getFirst(name);
    if (text == null || text.isEmpty()) {
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
    return !"record".equals(parameters.getFirst("type"));
  }

  boolean wantsRecording() {
    return !"alert".equals(parameters.getFirst("type"));
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
    String after = parameters.getFirst("group_next_token");
    int from = 0;
    if (after != null && !after.isEmpty()) {
      while (from < all.size() && !token(all.get(from)).equals(after)) {
        from++;
      }
      if (from == all.size()) {
        throw invalid("group_next_token", after, "the one of the page before");
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

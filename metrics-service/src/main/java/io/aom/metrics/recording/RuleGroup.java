package io.aom.metrics.recording;

import static io.aom.metrics.recording.Checks.check;

import io.aom.service.pace.Ticks;
import io.aom.telemetry.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rules that are evaluated at the same times, one after the other.
 *
 * @param name unique within the tenant
 * @param interval between two evaluations; 1 second to 1 day
 * @param queryOffset how far behind the evaluation the rules look, and the results are dated
 * @param limit most series of one rule; 0 for the service's own limit
 * @param labels added to the series of all rules, where a rule does not say otherwise
 * @param rules 1 to 200, each once; several may record under the same name and labels, from
 *     different expressions
 */
public record RuleGroup(
    TenantId tenant,
    String name,
    Duration interval,
    Duration queryOffset,
    int limit,
    Map<String, String> labels,
    List<RecordingRule> rules) {
  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

  private static final Duration MAX_INTERVAL = Duration.ofDays(1);
  private static final Duration MAX_OFFSET = Duration.ofHours(1);
  private static final int MAX_RULES = 200;
  private static final int ID_BYTES = 16;

  /**
   * @throws io.aom.telemetry.RejectedException with 400 that names the first member that is wrong
   */
  public RuleGroup {
    Checks.name("name", name);
    check(
        interval.compareTo(Duration.ofSeconds(1)) >= 0 && interval.compareTo(MAX_INTERVAL) <= 0,
        "interval",
        interval.toMillis() + " ms",
        "1 s to 1 day");
    check(
        !queryOffset.isNegative() && queryOffset.compareTo(MAX_OFFSET) <= 0,
        "queryOffset",
        queryOffset.toMillis() + " ms",
        "0 to 1 hour");
    check(limit >= 0, "limit", limit, "0 or more");
    check(
        !rules.isEmpty() && rules.size() <= MAX_RULES, "rules", rules.size(), "1 to " + MAX_RULES);
    labels = Checks.labels(labels);
    rules = List.copyOf(rules);
    Set<RecordingRule> seen = new HashSet<>();
    for (RecordingRule rule : rules) {
      check(
          seen.add(rule), "rules", rule.record() + " twice with the same expr and labels", "once");
    }
  }

  /** Its place among all tenants' groups. */
  public String id() {
    return id(tenant, name);
  }

  static String id(TenantId tenant, String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((tenant.value() + "\n" + name).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** When it is evaluated: multiples of the interval. */
  Ticks ticks() {
    return Ticks.every(interval);
  }
}

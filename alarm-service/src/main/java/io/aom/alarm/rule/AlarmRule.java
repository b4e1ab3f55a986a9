package io.aom.alarm.rule;

import io.aom.service.pace.Ticks;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Watch for a condition and tell somebody. The condition is a PromQL instant query; it holds for
 * every label set that the query returns.
 *
 * @param id unique over all tenants
 * @param promql at most 8,192 characters
 * @param holdFor how long the condition must hold before the alarm fires; 0 to 7 days
 * @param keepFiringFor how long it must have gone before the alarm resolves; 0 to 7 days
 * @param interval time between two evaluations; 1 second to 1 hour
 * @param labels added to the labels of each alarm, winning over those of the series
 * @param annotations texts for people; {@link AnnotationTemplate} says what is replaced in them
 * @param receivers whom to tell; at most 10
 */
public record AlarmRule(
    String id,
    TenantId tenant,
    String name,
    boolean enabled,
    String promql,
    Duration holdFor,
    Duration keepFiringFor,
    Duration interval,
    Severity severity,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<Receiver> receivers) {

  private static final int MAX_NAME_LENGTH = 200;
  private static final int MAX_PROMQL_LENGTH = 8_192;
  private static final int MAX_ENTRIES = 32;
  private static final int MAX_LABEL_LENGTH = 1_024;
  private static final int MAX_ANNOTATION_LENGTH = 4_096;
  private static final int MAX_RECEIVERS = 10;
  private static final Duration MAX_HOLD = Duration.ofDays(7);
  private static final Duration MAX_INTERVAL = Duration.ofHours(1);
  private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,127}");

  /**
   * @throws RejectedException with 400 that names the first member that is wrong
   */
  public AlarmRule {
    check(!name.isBlank() && name.length() <= MAX_NAME_LENGTH, "name", name.length(), "1..200");
    check(
        !promql.isBlank() && promql.length() <= MAX_PROMQL_LENGTH,
        "condition.promql",
        promql.length(),
        "1..8192 characters");
    check(within(holdFor, Duration.ZERO, MAX_HOLD), "forSeconds", holdFor, "0 to 7 days");
    check(
        within(keepFiringFor, Duration.ZERO, MAX_HOLD),
        "keepFiringForSeconds",
        keepFiringFor,
        "0 to 7 days");
    check(
        within(interval, Duration.ofSeconds(1), MAX_INTERVAL),
        "intervalSeconds",
        interval,
        "1..3600");
    check(labels.size() <= MAX_ENTRIES, "labels", labels.size(), "at most 32");
    labels.forEach((label, value) -> checkEntry("labels", label, value, MAX_LABEL_LENGTH));
    check(annotations.size() <= MAX_ENTRIES, "annotations", annotations.size(), "at most 32");
    annotations.forEach(
        (label, value) -> checkEntry("annotations", label, value, MAX_ANNOTATION_LENGTH));
    check(receivers.size() <= MAX_RECEIVERS, "receivers", receivers.size(), "at most 10");
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    receivers = receivers.stream().distinct().toList();
  }

  /** When it is evaluated: each interval, at a moment of its own within it. */
  public Ticks ticks() {
    return Ticks.spread(interval, id);
  }

  private static boolean within(Duration value, Duration least, Duration most) {
    return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
  }

  private static void checkEntry(String member, String label, String value, int maxLength) {
    check(
        LABEL_NAME.matcher(label).matches(),
        member,
        label,
        "names of letters, digits and '_', not starting with a digit");
    check(
        value.length() <= maxLength,
        member + "." + label,
        value.length(),
        "at most " + maxLength + " characters");
  }

  private static void check(boolean right, String member, Object got, String expected) {
    if (!right) {
      throw new RejectedException(
          Problem.BAD_REQUEST,
          member + ": " + got + " (expected: " + expected + ")",
          Map.of("member", member));
    }
  }
}

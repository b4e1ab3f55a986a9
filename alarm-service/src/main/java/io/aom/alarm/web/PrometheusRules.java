package io.aom.alarm.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.alarm.evaluation.RuleProgress;
import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.state.Alarm;
import io.aom.alarm.state.AlarmState;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rules and alarms in the words of Prometheus's HTTP API. */
final class PrometheusRules {
  /** What Prometheus says of a time that has not come yet. */
  static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

  private PrometheusRules() {}

  record Success(String status, Object data) {}

  record Alerts(List<Alert> alerts) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Groups(List<Group> groups, @Nullable String groupNextToken) {}

  /** An alarm that is pending or fires. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Alert(
      Map<String, String> labels,
      Map<String, String> annotations,
      String state,
      Instant activeAt,
      @Nullable Instant keepFiringSince,
      String value) {

    static Alert of(Alarm alarm) {
      return new Alert(
          alarm.labels(),
          new TreeMap<>(alarm.annotations()),
          alarm.state().wireName(),
          alarm.startedAt(),
          alarm.clearSince(),
          number(alarm.value()));
    }
  }

  /**
   * @param duration seconds for which the condition must hold
   * @param alerts null if the caller wants none, which is written as Prometheus does
   * @param health ok once the rule has been evaluated, err if it could not be, else unknown
   */
  record AlertingRule(
      String state,
      String name,
      String query,
      long duration,
      long keepFiringFor,
      Map<String, String> labels,
      Map<String, String> annotations,
      @Nullable List<Alert> alerts,
      String health,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String lastError,
      double evaluationTime,
      Instant lastEvaluation,
      String type) {

    static AlertingRule of(
        AlarmRule rule,
        List<Alert> alerts,
        boolean excludeAlerts,
        @Nullable RuleProgress evaluated) {
      Map<String, String> labels = new TreeMap<>(rule.labels());
      labels.putIfAbsent("severity", rule.severity().wireName());
      return new AlertingRule(
          state(alerts),
          rule.name(),
          rule.promql(),
          rule.holdFor().toSeconds(),
          rule.keepFiringFor().toSeconds(),
          labels,
          new TreeMap<>(rule.annotations()),
          excludeAlerts ? null : alerts,
          evaluated == null ? "unknown" : evaluated.error() == null ? "ok" : "err",
          evaluated == null ? null : evaluated.error(),
          0,
          evaluated == null || !evaluated.begun() ? NEVER : evaluated.tick(),
          "alerting");
    }

    private static String state(List<Alert> alerts) {
      String firing = AlarmState.FIRING.wireName();
      return alerts.isEmpty()
          ? "inactive"
          : alerts.stream().anyMatch(alert -> alert.state().equals(firing))
              ? firing
              : AlarmState.PENDING.wireName();
    }
  }

  /**
   * Rules that are evaluated at the same times: alarm rules of the same interval, or a group of
   * recording rules.
   *
   * @param interval seconds
   */
  record Group(
      String name,
      String file,
      List<?> rules,
      double interval,
      int limit,
      double evaluationTime,
      Instant lastEvaluation) {
    /** Where Prometheus names the file of a group. */
    static final String FILE = "aom";
  }

  /** As Go writes a number with an exponent: {@code 1.5e+00}. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    BigInteger unscaled = decimal.unscaledValue();
    String digits = unscaled.abs().toString();
    int exponent = unscaled.signum() == 0 ? 0 : digits.length() - 1 - decimal.scale();
    String sign = unscaled.signum() < 0 ? "-" : "";
    return "%s%s%se%s%02d"
        .formatted(
            sign,
            digits.charAt(0),
            digits.length() > 1 ? "." + digits.substring(1) : "",
            exponent < 0 ? "-" : "+",
            Math.abs(exponent));
  }
}

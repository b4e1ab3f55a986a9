package io.aom.alarm.web;

import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.rule.Receiver;
import io.aom.alarm.rule.Severity;
import io.aom.service.documents.Members;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule as a caller writes it. {@code id} and {@code version} may stay in from a rule that was
 * read; {@code id} then has to be that of the path.
 */
record RuleBody(
    @Nullable String id,
    @Nullable String name,
    @Nullable Boolean enabled,
    @Nullable Condition condition,
    @Nullable Long forSeconds,
    @Nullable Long keepFiringForSeconds,
    @Nullable Long intervalSeconds,
    @Nullable String severity,
    @Nullable Map<String, @Nullable String> labels,
    @Nullable Map<String, @Nullable String> annotations,
    @Nullable List<@Nullable ReceiverBody> receivers,
    @Nullable String version) {

  private static final long DEFAULT_INTERVAL_SECONDS = 2;
  private static final long MAX_SECONDS = Duration.ofDays(365).toSeconds();

  /** What to watch for. */
  record Condition(@Nullable String promql) {}

  /** Whom to tell. */
  record ReceiverBody(@Nullable String type, @Nullable String url) {
    static ReceiverBody of(Receiver receiver, boolean masked) {
      return new ReceiverBody(
          Receiver.WEBHOOK, masked ? receiver.masked() : receiver.url().toString());
    }

    Receiver toReceiver() {
      if (!Receiver.WEBHOOK.equals(type)) {
        throw new RejectedException(
            Problem.BAD_REQUEST, "receivers.type: " + type + " (expected: webhook)");
      }
      return Receiver.webhook(url);
    }
  }

  AlarmRule toRule(String ruleId, TenantId tenant) {
    if (id != null && !id.equals(ruleId)) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "id: " + id + " (expected: none, or that of the path)");
    }
    return new AlarmRule(
        ruleId,
        tenant,
        Members.required("name", name),
        enabled == null || enabled,
        Members.required("condition.promql", condition == null ? null : condition.promql()),
        seconds("forSeconds", forSeconds, 0),
        seconds("keepFiringForSeconds", keepFiringForSeconds, 0),
        seconds("intervalSeconds", intervalSeconds, DEFAULT_INTERVAL_SECONDS),
        Severity.parse(severity == null ? Severity.MAJOR.wireName() : severity),
        Members.texts("labels", labels),
        Members.texts("annotations", annotations),
        receivers == null ? List.of() : receivers.stream().map(RuleBody::receiver).toList());
  }

  private static Receiver receiver(@Nullable ReceiverBody given) {
    if (given == null) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "receivers: null (expected: a type and a url)");
    }
    return given.toReceiver();
  }

  private static Duration seconds(String member, @Nullable Long value, long otherwise) {
    long seconds = value == null ? otherwise : value;
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw new RejectedException(
          Problem.BAD_REQUEST, member + ": " + seconds + " (expected: seconds, not negative)");
    }
    return Duration.ofSeconds(seconds);
  }
}

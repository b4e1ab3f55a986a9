package io.aom.logs.query;

import io.aom.logs.query.lang.LogQuery;
import io.aom.logs.query.lang.LogQuery.Match;
import io.aom.logs.row.ResourceAttributes;
import io.aom.logs.row.Severity;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import org.jspecify.annotations.Nullable;

/** Fields that are not attributes, and short names. */
final class LogFields {
  static final String SEVERITY = "severity";
  static final String BODY = "body";
  static final String TRACE_ID = "trace_id";
  static final String SPAN_ID = "span_id";

  private LogFields() {}

  /** The name a field has in rows and terms. */
  static String canonical(String key) {
    return switch (key) {
      case "level" -> SEVERITY;
      case "traceId", "traceid" -> TRACE_ID;
      case "spanId", "spanid" -> SPAN_ID;
      case "service" -> ResourceAttributes.SERVICE_NAME;
      default -> key;
    };
  }

  /**
   * @param from lowest severity number
   * @param to highest
   * @param text compare the text as sent instead; null to compare numbers
   */
  record SeverityRange(int from, int to, @Nullable String text) {}

  static SeverityRange severityRange(LogQuery.Field field) {
    if (field.match() == Match.EXISTS) {
      return new SeverityRange(1, 24, null);
    }
    Severity named = Severity.ofName(field.value());
    int from;
    int to;
    if (named != null) {
      from = named.firstNumber();
      to = from + 3;
    } else if (field.value().equalsIgnoreCase(Severity.UNSPECIFIED.name())) {
      from = 0;
      to = 0;
    } else if (field.value().matches("[0-9]{1,2}")) {
      from = Integer.parseInt(field.value());
      to = from;
    } else if (field.match() == Match.AT_LEAST || field.match() == Match.PREFIX) {
      throw new RejectedException(
          Problem.BAD_REQUEST,
          "severity: "
              + field.value()
              + " (expected: trace, debug, info, warn, error, fatal or a number)");
    } else {
      return new SeverityRange(0, 0, field.value());
    }
    return new SeverityRange(from, field.match() == Match.AT_LEAST ? 24 : to, null);
  }

  static RejectedException notComparable(String key) {
    return new RejectedException(
        Problem.BAD_REQUEST, key + ": >= (expected: severity, the only field it is for)");
  }
}

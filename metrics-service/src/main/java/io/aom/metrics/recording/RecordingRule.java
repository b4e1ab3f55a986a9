package io.aom.metrics.recording;

import static io.aom.metrics.recording.Checks.check;

import io.aom.metrics.promql.ValueType;
import io.aom.metrics.series.Labels;
import java.util.Map;

/**
 * Keeps the result of an instant query as series.
 *
 * @param record name of the series; takes the place of the metric's name
 * @param expr PromQL that gives a vector or a scalar; at most 8,192 characters
 * @param labels added to each series, winning over those it has; an empty value takes a label away
 */
public record RecordingRule(String record, String expr, Map<String, String> labels) {
  private static final int MAX_EXPR_LENGTH = 8_192;

  /**
   * @throws io.aom.telemetry.RejectedException with 400 that names the first member that is wrong
   */
  public RecordingRule {
    Checks.name("record", record);
    check(
        !expr.isBlank() && expr.length() <= MAX_EXPR_LENGTH,
        "expr",
        expr.length() + " characters",
        "1 to " + MAX_EXPR_LENGTH);
    ValueType type = Checks.promql(expr).type();
    check(
        type == ValueType.VECTOR || type == ValueType.SCALAR,
        "expr",
        type.text(),
        "an instant vector or a scalar");
    labels = Checks.labels(labels);
  }

  /** What a series is kept under, {@code shared} being the labels of the rule's group. */
  Labels labelled(Labels series, Map<String, String> shared) {
    Labels result = series.with(Labels.NAME, record);
    for (Map.Entry<String, String> label : shared.entrySet()) {
      if (!labels.containsKey(label.getKey())) {
        result = labelled(result, label);
      }
    }
    for (Map.Entry<String, String> label : labels.entrySet()) {
      result = labelled(result, label);
    }
    return result;
  }

  private static Labels labelled(Labels series, Map.Entry<String, String> label) {
    return label.getValue().isEmpty()
        ? series.without(label.getKey())
        : series.with(label.getKey(), label.getValue());
  }
}

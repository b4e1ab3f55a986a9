package io.aom.ingest.intake;

/**
 * Why an item was not taken. The names are part of the API: they stand in answers, in the ledger
 * and on AOM's own metrics, and {@code docs/intake.md} explains each.
 */
public enum RefusalReason {
  MALFORMED("malformed"),
  MISSING_METRIC_NAME("missing_metric_name"),
  INVALID_LABEL("invalid_label"),
  DUPLICATE_LABEL("duplicate_label"),
  TOO_MANY_LABELS("too_many_labels"),
  LABEL_NAME_TOO_LONG("label_name_too_long"),
  LABEL_VALUE_TOO_LONG("label_value_too_long"),
  MIXED_SERIES("mixed_series"),
  INVALID_HISTOGRAM("invalid_histogram"),
  TOO_FAR_IN_FUTURE("too_far_in_future"),
  TOO_OLD("too_old"),
  UNSUPPORTED_METRIC("unsupported_metric"),
  INVALID_TRACE_ID("invalid_trace_id"),
  INVALID_SPAN_ID("invalid_span_id"),
  NESTED_TOO_DEEP("nested_too_deep"),
  RECORD_TOO_LARGE("record_too_large"),
  TOO_MANY_ACTIVE_SERIES("too_many_active_series"),
  TOO_MANY_NEW_SERIES("too_many_new_series"),
  TOO_MANY_HA_CLUSTERS("too_many_ha_clusters"),
  HA_DUPLICATE("ha_duplicate"),
  RATE_LIMITED("rate_limited");

  private final String label;

  RefusalReason(String label) {
    this.label = label;
  }

  /** Whether the sender is told: that a pair sends everything twice is as it should be. */
  public boolean isFault() {
    return this != HA_DUPLICATE;
  }

  /** Its name in answers, ledger and metrics. */
  public String label() {
    return label;
  }
}

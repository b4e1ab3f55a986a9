package io.aom.ingest.series;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.Utf8;
import java.nio.charset.StandardCharsets;

/** Decides whether the labels of a series can be taken, and says why not. */
public final class SeriesCheck {
  private static final byte[] NAME = "__name__".getBytes(StandardCharsets.UTF_8);
  private static final int SHOWN_BYTES = 80;

  private SeriesCheck() {}

  /**
   * Whether sorted labels without empty values can be taken; otherwise counts {@code items} as
   * refused.
   */
  public static boolean accepts(
      LabelBuffer labels, SliceLimits limits, int items, Refusals refusals) {
    int name = labels.find(NAME);
    if (name < 0) {
      refuse(
          refusals,
          RefusalReason.MISSING_METRIC_NAME,
          items,
          labels,
          "labels: no __name__ (expected: one that is not empty)");
      return false;
    }
    if (labels.size() > limits.labelsPerSeries()) {
      refuse(
          refusals,
          RefusalReason.TOO_MANY_LABELS,
          items,
          labels,
          "labels: " + labels.size() + " (expected: at most " + limits.labelsPerSeries() + ")");
      return false;
    }
    byte[] bytes = labels.bytes();
    for (int i = 0; i < labels.size(); i++) {
      int nameLength = labels.nameTo(i) - labels.nameFrom(i);
      if (nameLength > limits.labelNameBytes()) {
        refuse(
            refusals,
            RefusalReason.LABEL_NAME_TOO_LONG,
            items,
            labels,
            "label name: "
                + nameLength
                + " bytes (expected: at most "
                + limits.labelNameBytes()
                + ")");
        return false;
      }
      int valueLength = labels.valueTo(i) - labels.valueFrom(i);
      if (valueLength > limits.labelValueBytes()) {
        refuse(
            refusals,
            RefusalReason.LABEL_VALUE_TOO_LONG,
            items,
            labels,
            "label value: "
                + valueLength
                + " bytes (expected: at most "
                + limits.labelValueBytes()
                + ")");
        return false;
      }
      if (nameLength == 0
          || !Utf8.isValid(bytes, labels.nameFrom(i), labels.nameTo(i))
          || !Utf8.isValid(bytes, labels.valueFrom(i), labels.valueTo(i))) {
        refuse(
            refusals,
            RefusalReason.INVALID_LABEL,
            items,
            labels,
            "label: number " + i + " (expected: a name, and UTF-8 in name and value)");
        return false;
      }
    }
    int duplicate = labels.firstDuplicate();
    if (duplicate >= 0) {
      refuse(
          refusals,
          RefusalReason.DUPLICATE_LABEL,
          items,
          labels,
          "label: "
              + text(bytes, labels.nameFrom(duplicate), labels.nameTo(duplicate))
              + " twice (expected: each name once)");
      return false;
    }
    return true;
  }

  /** The metric's name for a message, cut if long; empty if it has none. */
  public static String metricName(LabelBuffer labels) {
    int name = labels.find(NAME);
    return name < 0 ? "" : text(labels.bytes(), labels.valueFrom(name), labels.valueTo(name));
  }

  static void refuse(
      Refusals refusals, RefusalReason reason, int items, LabelBuffer labels, String detail) {
    String series = refusals.has(reason) ? "" : metricName(labels);
    refusals.add(reason, items, series.isEmpty() ? detail : detail + " in " + series);
  }

  static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, Math.min(to - from, SHOWN_BYTES), StandardCharsets.UTF_8);
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Remarks on a query's answer, each once, at most a hundred of a kind. Words are Prometheus's. */
final class Annotations {
  private static final int MOST = 100;

  private final String query;
  private final Set<String> warnings = new LinkedHashSet<>();
  private final Set<String> infos = new LinkedHashSet<>();

  Annotations(String query) {
    this.query = query;
  }

  void warn(Span span, String text) {
    if (warnings.size() < MOST) {
      warnings.add("PromQL warning: " + text + " (" + span.position(query) + ")");
    }
  }

  void inform(Span span, String text) {
    if (infos.size() < MOST) {
      infos.add("PromQL info: " + text + " (" + span.position(query) + ")");
    }
  }

  void mixedFloatsAndHistograms(Span span, Labels labels) {
    warn(span, "encountered a mix of histograms and floats" + forMetric(labels));
  }

  void mixedSchemas(Span span, Labels labels) {
    warn(
        span,
        "vector contains a mix of histograms with exponential and custom buckets schemas"
            + forMetric(labels));
  }

  void histogramIgnored(Span span, String by) {
    inform(span, "ignored histogram in " + by);
  }

  static String forMetric(Labels labels) {
    return labels.metricName().isEmpty()
        ? ""
        : " for metric name " + Labels.quote(labels.metricName());
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  List<String> infos() {
    return List.copyOf(infos);
  }
}

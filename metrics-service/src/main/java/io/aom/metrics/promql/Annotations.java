package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Remarks on a query's answer, in Prometheus's words. Remarks of the same words are one, said of
 * the place where it came up last, or first if it is counted; at most a hundred of a kind are kept.
 */
final class Annotations {
  /** What was done with two histograms, as remarks name it. */
  enum Operation {
    ADDITION("addition"),
    SUBTRACTION("subtraction"),
    AGGREGATION("aggregation");

    private final String text;

    Operation(String text) {
      this.text = text;
    }
  }

  private static final int MOST = 100;

  private final String query;
  private final Map<String, Remark> warnings = new LinkedHashMap<>();
  private final Map<String, Remark> infos = new LinkedHashMap<>();

  Annotations(String query) {
    this.query = query;
  }

  /** A part of the query as it stands there. */
  String written(Span span) {
    return query.substring(span.start(), span.end());
  }

  /** One remark; what it counts is said behind its words. */
  private static class Remark {
    final String text;
    Span span;

    Remark(String text, Span span) {
      this.text = text;
      this.span = span;
    }

    String detail() {
      return "";
    }

    /** It came up again. */
    void moveTo(Span newer) {
      span = newer;
    }
  }

  /** One that counts how often it came up, and keeps the place where it did so first. */
  private abstract static class Counted extends Remark {
    long count;

    Counted(String text, Span span) {
      super(text, span);
    }

    @Override
    void moveTo(Span newer) {}
  }

  private static final class Overlaps extends Counted {
    Overlaps(String text, Span span) {
      super(text, span);
    }

    @Override
    String detail() {
      return count > 1 ? " (" + count + " occurrences)" : "";
    }
  }

  private static final class Forced extends Counted {
    private double lowest = Double.POSITIVE_INFINITY;
    private double highest = Double.NEGATIVE_INFINITY;
    private double largest;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    Forced(String text, Span span) {
      super(text, span);
    }

    @Override
    String detail() {
      return ", from buckets "
          + Numbers.formatShort(lowest)
          + " to "
          + Numbers.formatShort(highest)
          + ", with a max diff of "
          + Numbers.formatTwoDigits(largest)
          + ", over "
          + count
          + " samples from "
          + Instant.ofEpochMilli(first).truncatedTo(ChronoUnit.SECONDS)
          + " to "
          + Instant.ofEpochMilli(last).truncatedTo(ChronoUnit.SECONDS);
    }
  }

  private static void note(Map<String, Remark> to, Span span, String text, Supplier<Remark> made) {
    Remark known = to.get(text);
    if (known != null) {
      known.moveTo(span);
    } else if (to.size() < MOST) {
      to.put(text, made.get());
    }
  }

  private void warn(Span span, String text) {
    note(warnings, span, text, () -> new Remark(text, span));
  }

  private void inform(Span span, String text) {
    note(infos, span, text, () -> new Remark(text, span));
  }

  void quantileOutside(Span span, double value) {
    warn(span, "quantile value should be between 0 and 1, got " + Numbers.formatShort(value));
  }

  void ratioOutside(Span span, double value, int capped) {
    warn(
        span,
        "ratio value should be between -1 and 1, got "
            + Numbers.formatShort(value)
            + ", capping to "
            + capped);
  }

  void badBucketLabel(Span span, Labels labels, String le) {
    warn(
        span,
        "bucket label \"le\" is missing or has a malformed value of "
            + Labels.quote(le)
            + forMetric(labels));
  }

  void mixedInRange(Span span, Labels labels) {
    warn(span, "encountered a mix of histograms and floats for metric name " + name(labels));
  }

  void mixedInAggregation(Span span) {
    warn(span, "encountered a mix of histograms and floats for aggregation");
  }

  void mixedClassicAndNative(Span span, Labels labels) {
    warn(span, "vector contains a mix of classic and native histograms" + forMetric(labels));
  }

  void mixedSchemas(Span span, Labels labels) {
    warn(
        span,
        "vector contains a mix of histograms with exponential and custom buckets schemas for"
            + " metric name "
            + name(labels));
  }

  /** For a counter's function on a gauge, or the other way round. */
  void wrongKind(Span span, Labels labels, boolean counterWanted) {
    warn(
        span,
        "this native histogram metric is not a "
            + (counterWanted ? "counter: " : "gauge: ")
            + name(labels));
  }

  void incompatibleBuckets(Span span, BinaryOperator operator) {
    warn(span, "incompatible bucket layout encountered for binary operator " + operator.text());
  }

  void sortIneffective(Span span) {
    warn(span, "sort is ineffective for range queries since results are always ordered by labels");
  }

  void conflictingResets(Span span, Operation operation) {
    warn(span, "conflicting counter resets during histogram " + operation.text);
  }

  void startOverlap(Span span, Labels labels) {
    String text =
        "sample has start time that overlaps with previous sample timestamp for metric "
            + name(labels);
    note(warnings, span, text, () -> new Overlaps(text, span));
    if (warnings.get(text) instanceof Overlaps overlaps) {
      overlaps.count++;
    }
  }

  void maybeNoCounter(Span span, String metric) {
    inform(
        span,
        "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
            + Labels.quote(metric));
  }

  void maybeNoCounter(Span span, String metric, String type) {
    inform(
        span,
        "metric might not be a counter, __type__ label is not set to \"counter\" or"
            + " \"histogram\", got "
            + Labels.quote(type)
            + ": "
            + Labels.quote(metric));
  }

  /**
   * Buckets whose counts fell were raised.
   *
   * @param firstMillis of the first histogram of which this is so
   * @param lowest upper bound of the first bucket that was raised
   * @param largest by how much at most
   * @param count how often to say that it came up
   */
  void forcedMonotonicity(
      Span span,
      Labels labels,
      long firstMillis,
      long lastMillis,
      double lowest,
      double highest,
      double largest,
      long count) {
    String text =
        "input to histogram_quantile needed to be fixed for monotonicity (see"
            + " https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
            + forMetric(labels);
    note(infos, span, text, () -> new Forced(text, span));
    if (infos.get(text) instanceof Forced forced) {
      forced.lowest = Math.min(forced.lowest, lowest);
      forced.highest = Math.max(forced.highest, highest);
      forced.largest = Math.max(forced.largest, largest);
      forced.first = Math.min(forced.first, firstMillis);
      forced.last = Math.max(forced.last, lastMillis);
      forced.count += count;
    }
  }

  void incompatibleTypes(Span span, String left, BinaryOperator operator, String right) {
    inform(
        span,
        "incompatible sample types encountered for binary operator "
            + Labels.quote(operator.text())
            + ": "
            + left
            + " "
            + operator.text()
            + " "
            + right);
  }

  void ignoredInAggregation(Span span, Aggregation aggregation) {
    inform(span, "ignored histogram in " + aggregation.text() + " aggregation");
  }

  void ignoredInRange(Span span, Labels labels) {
    inform(
        span,
        "ignored histograms in a range containing both floats and histograms for metric name "
            + name(labels));
  }

  void reconciled(Span span, Operation operation) {
    inform(span, "mismatched custom buckets were reconciled during " + operation.text);
  }

  /** Observations that are no numbers made a quantile NaN, or larger than it is. */
  void quantileOfNan(Span span, Labels labels, boolean skewed) {
    inform(
        span,
        "input to histogram_quantile has NaN observations, result is "
            + (skewed ? "skewed higher" : "NaN")
            + forMetric(labels));
  }

  void fractionOfNan(Span span, Labels labels) {
    inform(
        span,
        "input to histogram_fraction has NaN observations, which are excluded from all fractions"
            + forMetric(labels));
  }

  /** All of them, for {@link #add} where the rest of the query is evaluated. */
  List<PartialResult.Remark> remarks() {
    List<PartialResult.Remark> all = new ArrayList<>();
    warnings.values().forEach(remark -> all.add(exported(true, remark)));
    infos.values().forEach(remark -> all.add(exported(false, remark)));
    return all;
  }

  private static PartialResult.Remark exported(boolean warning, Remark remark) {
    int count = remark instanceof Overlaps overlaps ? Math.toIntExact(overlaps.count) : 0;
    return new PartialResult.Remark(
        warning, remark.text, remark.span.start(), remark.span.end(), count);
  }

  void add(List<PartialResult.Remark> remarks) {
    for (PartialResult.Remark one : remarks) {
      Map<String, Remark> to = one.warning() ? warnings : infos;
      Span span = new Span(one.start(), one.end());
      note(
          to,
          span,
          one.text(),
          () -> one.count() > 0 ? new Overlaps(one.text(), span) : new Remark(one.text(), span));
      if (to.get(one.text()) instanceof Overlaps overlaps) {
        overlaps.count += one.count();
      }
    }
  }

  private static String name(Labels labels) {
    return Labels.quote(labels.metricName());
  }

  private static String forMetric(Labels labels) {
    return labels.metricName().isEmpty() ? "" : " for metric name " + name(labels);
  }

  private List<String> texts(String kind, Map<String, Remark> remarks) {
    List<String> texts = new ArrayList<>(remarks.size());
    for (Remark remark : remarks.values()) {
      texts.add(
          "PromQL "
              + kind
              + ": "
              + remark.text
              + remark.detail()
              + " ("
              + remark.span.position(query)
              + ")");
    }
    return texts;
  }

  List<String> warnings() {
    return texts("warning", warnings);
  }

  List<String> infos() {
    return texts("info", infos);
  }
}

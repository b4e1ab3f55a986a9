package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One aggregation: the group of each series is found once, then all steps are folded. */
final class Aggregations {
  private final Evaluation evaluation;
  private final Expr.Aggregate aggregate;
  private final StepGrid grid;
  private final Aggregation operation;
  private final Map<Labels, Group> groups = new LinkedHashMap<>();

  Aggregations(Evaluation evaluation, Expr.Aggregate aggregate, StepGrid grid) {
    this.evaluation = evaluation;
    this.aggregate = aggregate;
    this.grid = grid;
    this.operation = aggregate.operation();
  }

  /** Series with the same grouping labels. */
  private static final class Group {
    final Labels labels;
    final List<StepSeries> members = new ArrayList<>();
    boolean dropsName;

    Group(Labels labels) {
      this.labels = labels;
    }
  }

  List<StepSeries> evaluate() {
    double[] parameter = null;
    if (aggregate.parameter() != null && operation != Aggregation.COUNT_VALUES) {
      parameter = evaluation.scalar(aggregate.parameter(), grid);
    }
    List<StepSeries> input = evaluation.vector(aggregate.expr(), grid);
    if (parameter != null) {
      checkParameter(parameter);
    }
    for (StepSeries series : input) {
      Labels key = key(series.labels());
      Group group = groups.computeIfAbsent(key, Group::new);
      group.members.add(series);
      group.dropsName |= series.dropsName();
    }
    List<StepSeries> result = new ArrayList<>();
    Map<Labels, StepSeries> counted = new HashMap<>();
    for (Group group : groups.values()) {
      switch (operation) {
        case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO -> {
          if (parameter != null) {
            new Selections(evaluation, aggregate, grid, group.members, parameter).addTo(result);
          }
        }
        case COUNT_VALUES -> countValues(group, counted, result);
        case QUANTILE -> {
          if (parameter != null) {
            result.add(quantile(group, parameter));
          }
        }
        default -> result.add(folded(group));
      }
    }
    return result;
  }

  private void checkParameter(double[] parameter) {
    if (aggregate.parameter() == null) {
      return;
    }
    Span span = aggregate.parameter().span();
    for (double value : parameter) {
      switch (operation) {
        case TOPK, BOTTOMK, LIMITK -> {
          if (Double.isNaN(value)) {
            throw PromqlException.execution("Parameter value is NaN");
          }
          if (value >= 0x1p63 || value <= -0x1p63) {
            throw PromqlException.execution(
                "Scalar value " + Numbers.formatShort(value) + " overflows int64");
          }
        }
        case LIMIT_RATIO -> {
          if (Double.isNaN(value)) {
            throw PromqlException.execution("Ratio value is NaN");
          }
          if (value < -1 || value > 1) {
            evaluation.annotations.warn(
                span,
                "ratio value should be between -1 and 1, got "
                    + Numbers.formatShort(value)
                    + ", capping to "
                    + (value > 1 ? "1" : "-1"));
          }
        }
        case QUANTILE -> {
          if (Double.isNaN(value) || value < 0 || value > 1) {
            evaluation.annotations.warn(
                span,
                "quantile value should be between 0 and 1, got " + Numbers.formatShort(value));
          }
        }
        default -> {}
      }
    }
  }

  private Labels key(Labels labels) {
    if (!aggregate.without()) {
      return aggregate.labels().isEmpty() ? Labels.EMPTY : labels.keep(aggregate.labels());
    }
    return labels.without(aggregate.labels()).withoutMetricIdentity();
  }

  private StepSeries folded(Group group) {
    StepSeries result = evaluation.blank(group.labels, group.dropsName, grid);
    boolean ignoresHistograms =
        switch (operation) {
          case MIN, MAX, STDDEV, STDVAR -> true;
          default -> false;
        };
    if (ignoresHistograms) {
      noteIgnored(group);
    }
    switch (operation) {
      case COUNT, GROUP -> {
        double[] out = result.values();
        for (StepSeries member : group.members) {
          for (int i = 0; i < out.length; i++) {
            if (member.isPresent(i)) {
              boolean first = StepSeries.isEmpty(out[i]);
              out[i] = first || operation == Aggregation.GROUP ? 1 : out[i] + 1;
            }
          }
        }
      }
      case MIN, MAX -> extremes(group, result.values(), operation == Aggregation.MAX);
      case STDDEV, STDVAR -> deviations(group, result.values());
      case SUM, AVG -> sums(group, result);
      default -> throw new IllegalStateException("not folded: " + operation);
    }
    return result;
  }

  private void noteIgnored(Group group) {
    for (StepSeries member : group.members) {
      for (int i = 0; i < member.steps() && member.histograms() != null; i++) {
        if (member.histogram(i) != null) {
          evaluation.annotations.histogramIgnored(
              aggregate.expr().span(), operation.text() + " aggregation");
          return;
        }
      }
    }
  }

  private static void extremes(Group group, double[] out, boolean greatest) {
    for (StepSeries member : group.members) {
      double[] in = member.values();
      for (int i = 0; i < out.length; i++) {
        if (StepSeries.isEmpty(in[i])) {
          continue;
        }
        boolean better = greatest ? out[i] < in[i] : out[i] > in[i];
        if (StepSeries.isEmpty(out[i]) || better || Double.isNaN(out[i])) {
          out[i] = in[i];
        }
      }
    }
  }

  private static void deviations(Group group, double[] out, boolean root) {
    double[] mean = new double[out.length];
    double[] squares = new double[out.length];
    long[] counts = new long[out.length];
    for (StepSeries member : group.members) {
      double[] in = member.values();
      for (int i = 0; i < out.length; i++) {
        if (StepSeries.isEmpty(in[i])) {
          continue;
        }
        counts[i]++;
        double delta = in[i] - mean[i];
        mean[i] += delta / counts[i];
        squares[i] += delta * (in[i] - mean[i]);
        if (!Double.isFinite(in[i])) {
          squares[i] = Double.NaN;
        }
      }
    }
    for (int i = 0; i < out.length; i++) {
      if (counts[i] > 0) {
        double variance = squares[i] / counts[i];
        out[i] = root ? Math.sqrt(variance) : variance;
      }
    }
  }

  private void deviations(Group group, double[] out) {
    deviations(group, out, operation == Aggregation.STDDEV);
  }

  private void sums(Group group, StepSeries result) {
    boolean average = operation == Aggregation.AVG;
    boolean histograms = group.members.stream().anyMatch(m -> m.histograms() != null);
    double[] out = result.values();
    if (!average && !histograms) {
      plainSums(group, out);
      return;
    }
    for (int i = 0; i < out.length; i++) {
      MeanSum mean = new MeanSum();
      KahanSum sum = new KahanSum();
      HistogramSum histogramSum = null;
      int floats = 0;
      int others = 0;
      Labels seen = Labels.EMPTY;
      for (StepSeries member : group.members) {
        FloatHistogram histogram = member.histogram(i);
        if (member.isFloat(i)) {
          floats++;
          if (average) {
            mean.add(member.value(i));
          } else {
            sum.add(member.value(i));
          }
        } else if (histogram != null) {
          others++;
          if (histogramSum == null) {
            histogramSum = new HistogramSum();
          }
          histogramSum.add(histogram);
          seen = member.labels();
        }
      }
      Span span = aggregate.expr().span();
      if (floats > 0 && others > 0) {
        evaluation.annotations.mixedFloatsAndHistograms(span, Labels.EMPTY);
      } else if (floats > 0) {
        out[i] = average ? mean.total() : sum.total();
      } else if (histogramSum != null) {
        histogramSum.annotate(evaluation.annotations, span, seen.without(Labels.NAME));
        FloatHistogram total = average ? histogramSum.mean() : histogramSum.total();
        if (total != null) {
          result.set(i, total);
        }
      }
    }
  }

  private static void plainSums(Group group, double[] out) {
    double[] lost = new double[out.length];
    for (StepSeries member : group.members) {
      double[] in = member.values();
      for (int i = 0; i < out.length; i++) {
        double value = in[i];
        if (StepSeries.isEmpty(value)) {
          continue;
        }
        double sum = out[i];
        if (StepSeries.isEmpty(sum)) {
          out[i] = value;
          continue;
        }
        double next = sum + value;
        if (Double.isInfinite(next)) {
          lost[i] = 0;
        } else if (Math.abs(sum) >= Math.abs(value)) {
          lost[i] += (sum - next) + value;
        } else {
          lost[i] += (value - next) + sum;
        }
        out[i] = next;
      }
    }
    for (int i = 0; i < out.length; i++) {
      if (!StepSeries.isEmpty(out[i]) && !Double.isInfinite(out[i])) {
        out[i] += lost[i];
      }
    }
  }

  private StepSeries quantile(Group group, double[] parameter) {
    noteIgnored(group);
    StepSeries result = evaluation.blank(group.labels, group.dropsName, grid);
    double[] gathered = new double[group.members.size()];
    for (int i = 0; i < result.steps(); i++) {
      int count = 0;
      for (StepSeries member : group.members) {
        if (member.isFloat(i)) {
          gathered[count++] = member.value(i);
        }
      }
      if (count > 0) {
        result.values()[i] = Quantiles.of(parameter[i], gathered, count);
      }
    }
    return result;
  }

  private void countValues(Group group, Map<Labels, StepSeries> counts, List<StepSeries> result) {
    Expr parameter = aggregate.parameter();
    String label = parameter == null ? "" : evaluation.text(parameter);
    if (label.isEmpty() || label.indexOf('\uFFFD') >= 0) {
      throw PromqlException.execution("invalid label name " + Labels.quote(label));
    }
    for (StepSeries member : group.members) {
      for (int i = 0; i < member.steps(); i++) {
        FloatHistogram histogram = member.histogram(i);
        String value =
            member.isFloat(i)
                ? Numbers.format(member.value(i))
                : histogram == null ? null : histogram.toString();
        if (value == null) {
          continue;
        }
        StepSeries counted =
            counts.computeIfAbsent(
                group.labels.with(label, value),
                labels -> {
                  StepSeries made = evaluation.blank(labels, group.dropsName, grid);
                  result.add(made);
                  return made;
                });
        counted.values()[i] = counted.isFloat(i) ? counted.value(i) + 1 : 1;
      }
    }
  }

  /** Adds histograms up, remembering whether that was possible and clean. */
  static final class HistogramSum {
    private @Nullable FloatHistogram first;
    private final List<FloatHistogram> added = new ArrayList<>();
    private boolean mixed;
    private boolean boundsDiffer;
    private boolean resets;
    private boolean noResets;

    void add(FloatHistogram histogram) {
      FloatHistogram start = first;
      if (start == null) {
        first = histogram;
      } else if (!start.matches(histogram)) {
        mixed = true;
      } else if (histogram.isCustom() && !start.sameBounds(histogram)) {
        boundsDiffer = true;
      }
      resets |= histogram.hint() == Hint.RESET;
      noResets |= histogram.hint() == Hint.NOT_RESET;
      added.add(histogram);
    }

    void annotate(Annotations annotations, Span span, Labels labels) {
      if (mixed) {
        annotations.mixedSchemas(span, labels);
      }
      if (boundsDiffer && !mixed) {
        annotations.inform(span, "mismatched custom buckets were reconciled during aggregation");
      }
      if (resets && noResets) {
        annotations.warn(span, "conflicting counter resets during histogram aggregation");
      }
    }

    boolean isMixed() {
      return mixed;
    }

    @Nullable FloatHistogram total() {
      return mixed ? null : HistogramArithmetic.sum(added, false);
    }

    @Nullable FloatHistogram mean() {
      return mixed ? null : HistogramArithmetic.sum(added, true);
    }
  }
}

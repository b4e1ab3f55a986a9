package io.aom.metrics.promql;

import io.aom.metrics.promql.Annotations.Operation;
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

    Group(Labels labels) {
      this.labels = labels;
    }

    /** Whether the name goes, as the members say at the last step that the group is seen at. */
    boolean dropsName() {
      if (!labels.has(Labels.NAME)) {
        return false;
      }
      for (int step = members.get(0).steps() - 1; step >= 0; step--) {
        boolean seen = false;
        boolean drops = false;
        for (StepSeries member : members) {
          boolean present = member.isPresent(step);
          seen |= present;
          drops |= present && member.dropsName();
        }
        if (seen) {
          return drops;
        }
      }
      return false;
    }
  }

  List<StepSeries> evaluate() {
    double[] parameter = null;
    if (aggregate.parameter() != null && operation != Aggregation.COUNT_VALUES) {
      parameter = evaluation.scalar(aggregate.parameter(), grid);
    }
    List<StepSeries> input = evaluation.vector(aggregate.expr(), grid);
    if (operation == Aggregation.COUNT_VALUES) {
      return countValues(input);
    }
    if (parameter != null && !isEffective(parameter)) {
      return List.of();
    }
    Map<Labels, Labels> keys = new HashMap<>();
    for (StepSeries series : input) {
      groups
          .computeIfAbsent(keys.computeIfAbsent(series.labels(), this::key), Group::new)
          .members
          .add(series);
    }
    List<StepSeries> result = new ArrayList<>();
    for (Group group : groups.values()) {
      switch (operation) {
        case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO -> {
          if (parameter != null) {
            new Selections(evaluation, aggregate, grid, group.members, parameter).addTo(result);
          }
        }
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

  /** Whether the parameter can select anything; refuses one that makes no sense. */
  private boolean isEffective(double[] parameter) {
    Expr of = aggregate.parameter();
    Span span = of == null ? aggregate.span() : of.span();
    double least = Double.MAX_VALUE;
    double most = -Double.MAX_VALUE;
    boolean nan = false;
    for (double value : parameter) {
      nan |= Double.isNaN(value);
      least = value < least ? value : least;
      most = value > most ? value : most;
    }
    boolean constantNan = nan && of instanceof Expr.NumberLiteral;
    switch (operation) {
      case TOPK, BOTTOMK, LIMITK -> {
        if (most < 1 && !constantNan) {
          return false;
        }
        if (nan) {
          throw PromqlException.execution("Parameter value is NaN");
        }
        if (least <= -0x1p63 || most >= 0x1p63) {
          throw PromqlException.execution(
              "Scalar value "
                  + Numbers.formatShort(least <= -0x1p63 ? least : most)
                  + (least <= -0x1p63 ? " underflows" : " overflows")
                  + " int64");
        }
      }
      case LIMIT_RATIO -> {
        if (most == 0 && least == 0) {
          return false;
        }
        if (nan) {
          throw PromqlException.execution("Ratio value is NaN");
        }
        if (most > 1) {
          evaluation.annotations.ratioOutside(span, most, 1);
        }
        if (least < -1) {
          evaluation.annotations.ratioOutside(span, least, -1);
        }
      }
      default -> {
        if (nan) {
          evaluation.annotations.quantileOutside(span, Double.NaN);
        }
        if (most > 1) {
          evaluation.annotations.quantileOutside(span, most);
        }
        if (least < 0) {
          evaluation.annotations.quantileOutside(span, least);
        }
      }
    }
    return true;
  }

  private Labels key(Labels labels) {
    if (!aggregate.without()) {
      return aggregate.labels().isEmpty() ? Labels.EMPTY : labels.keep(aggregate.labels());
    }
    return labels.without(aggregate.labels()).without(Labels.NAME);
  }

  private StepSeries folded(Group group) {
    StepSeries result = evaluation.blank(group.labels, group.dropsName(), grid);
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
          evaluation.annotations.ignoredInAggregation(aggregate.expr().span(), operation);
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
          histogramSum.add(histogram, member.labels());
        }
      }
      Span span = aggregate.expr().span();
      if (floats > 0 && others > 0) {
        evaluation.annotations.mixedInAggregation(span);
      } else if (floats > 0) {
        out[i] = average ? mean.total() : sum.total();
      } else if (histogramSum != null) {
        histogramSum.annotate(evaluation.annotations, span);
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
    StepSeries result = evaluation.blank(group.labels, group.dropsName(), grid);
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

  private List<StepSeries> countValues(List<StepSeries> input) {
    Expr parameter = aggregate.parameter();
    String label = parameter == null ? "" : evaluation.text(parameter);
    if (label.isEmpty() || label.indexOf('\uFFFD') >= 0) {
      throw PromqlException.execution("invalid label name " + Labels.quote(label));
    }
    // The value counts as one of the series' own labels: "without" may take it away again.
    boolean shown = !aggregate.without() || !aggregate.labels().contains(label);
    Map<Labels, StepSeries> counts = new LinkedHashMap<>();
    for (StepSeries member : input) {
      Labels group = key(member.labels());
      for (int i = 0; i < member.steps(); i++) {
        FloatHistogram histogram = member.histogram(i);
        if (!member.isPresent(i)) {
          continue;
        }
        String value = histogram == null ? Numbers.format(member.value(i)) : histogram.toString();
        StepSeries counted =
            counts.computeIfAbsent(
                shown ? group.with(label, value) : group.without(label),
                labels -> evaluation.blank(labels, false, grid));
        counted.values()[i] = counted.isFloat(i) ? counted.value(i) + 1 : 1;
      }
    }
    return new ArrayList<>(counts.values());
  }

  /** Adds histograms up, remembering whether that was possible and clean. */
  static final class HistogramSum {
    private @Nullable FloatHistogram first;
    private final List<FloatHistogram> added = new ArrayList<>();

    /** The first series whose histograms are of another kind. */
    private @Nullable Labels misfit;

    private boolean boundsDiffer;
    private boolean resets;
    private boolean noResets;

    void add(FloatHistogram histogram, Labels labels) {
      if (misfit != null) {
        return;
      }
      resets |= histogram.hint() == Hint.RESET;
      noResets |= histogram.hint() == Hint.NOT_RESET;
      FloatHistogram start = first;
      if (start == null) {
        first = histogram;
      } else if (!start.matches(histogram)) {
        misfit = labels;
        return;
      } else if (histogram.isCustom() && !start.sameBounds(histogram)) {
        boundsDiffer = true;
      }
      added.add(histogram);
    }

    void annotate(Annotations annotations, Span span) {
      Labels other = misfit;
      if (other != null) {
        annotations.mixedSchemas(span, other);
      }
      if (boundsDiffer) {
        annotations.reconciled(span, Operation.AGGREGATION);
      }
      if (resets && noResets && other == null) {
        annotations.conflictingResets(span, Operation.AGGREGATION);
      }
    }

    @Nullable FloatHistogram total() {
      return misfit != null ? null : HistogramArithmetic.sum(added, false);
    }

    @Nullable FloatHistogram mean() {
      return misfit != null ? null : HistogramArithmetic.sum(added, true);
    }
  }
}

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
  /** Above that many groups a part must be much smaller than the series it is made of. */
  private static final int MANY_GROUPS = 1000;

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
      if (!identifies(labels)) {
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
    List<PartialResult> partials = evaluation.partials(aggregate);
    if (partials != null) {
      return merged(partials);
    }
    double[] parameter = null;
    if (aggregate.parameter() != null && operation != Aggregation.COUNT_VALUES) {
      parameter = evaluation.scalar(aggregate.parameter(), grid);
    }
    List<StepSeries> folded = Fold.folds(operation) ? folded() : null;
    if (folded != null) {
      return folded;
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
    Span span = of == null ? aggregate.span() : Expr.argumentSpan(of);
    double least = Double.MAX_VALUE;
    double most = -Double.MAX_VALUE;
    boolean nan = false;
    for (double value : parameter) {
      nan |= Double.isNaN(value);
      least = Numbers.lesser(least, value); // NaN if any is and none infinite
      most = Numbers.greater(most, value);
    }
    switch (operation) {
      case TOPK, BOTTOMK, LIMITK -> {
        if (most < 1) {
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
    return SeriesSet.groupLabels(labels, aggregate.labels(), aggregate.without());
  }

  /**
   * The aggregation of series that are evaluated one by one, neither their labels nor their values
   * ever held together. Null if that cannot be: groups are told apart by names, which may have to
   * go, or histograms are to be added up.
   */
  private @Nullable List<StepSeries> folded() {
    Folded folded = fold(Integer.MAX_VALUE);
    return folded == null ? null : folded.finish(dropsNames());
  }

  /** Whether labels say of which metric they are, so that they go with its name. */
  private static boolean identifies(Labels labels) {
    return labels.has(Labels.NAME) || labels.has(Labels.TYPE) || labels.has(Labels.UNIT);
  }

  /** Whether names no longer fit the series that are evaluated one by one. */
  private boolean dropsNames() {
    return Expr.unwrap(aggregate.expr()) instanceof Expr.Call call
        && !RangeFunctions.keepsName(call.function());
  }

  private static StepSeries finished(Labels labels, boolean dropsName, Fold fold) {
    return new StepSeries(labels, dropsName && identifies(labels), fold.finish());
  }

  /** Whether groups are told apart by the metric's name. */
  static boolean groupsByName(Expr.Aggregate aggregate) {
    return !aggregate.without() && aggregate.labels().contains(Labels.NAME);
  }

  /** Groups with what was folded of each; null for one that nothing was found of. */
  private record Folded(List<Labels> labels, @Nullable Fold[] folds) {
    /**
     * @param dropsName whether the series' names no longer fit
     */
    List<StepSeries> finish(boolean dropsName) {
      List<StepSeries> result = new ArrayList<>();
      for (int i = 0; i < folds.length; i++) {
        Fold fold = folds[i];
        if (fold != null) {
          result.add(finished(labels.get(i), dropsName, fold));
        }
      }
      return result;
    }
  }

  /**
   * The aggregation over some of the series. Null if it cannot be told in parts, or would not be
   * much smaller than the series.
   */
  @Nullable PartialResult partial() {
    Folded folded = fold(MANY_GROUPS);
    if (folded == null) {
      return null;
    }
    List<Labels> groups = new ArrayList<>();
    List<double[][]> columns = new ArrayList<>();
    for (int i = 0; i < folded.folds().length; i++) {
      Fold fold = folded.folds()[i];
      if (fold != null) {
        double[][] state = fold.state();
        if (state == null) {
          return null;
        }
        groups.add(folded.labels().get(i));
        columns.add(state);
      }
    }
    return new PartialResult(false, groups, columns, evaluation.annotations.remarks());
  }

  /** What others have found of some series each, as the result over all of them. */
  private List<StepSeries> merged(List<PartialResult> partials) {
    Map<Labels, Fold> folds = new LinkedHashMap<>();
    for (PartialResult partial : partials) {
      evaluation.annotations.add(partial.remarks());
      for (int i = 0; i < partial.groups().size(); i++) {
        Fold fold = folds.get(partial.groups().get(i));
        if (fold == null) {
          evaluation.budget.series(partial.groups().get(i), grid.count() * Fold.columns(operation));
          fold = Fold.of(operation, grid.count());
          folds.put(partial.groups().get(i), fold);
        }
        fold.merge(partial.columns().get(i));
      }
    }
    List<StepSeries> result = new ArrayList<>(folds.size());
    boolean dropsName = dropsNames();
    folds.forEach((labels, fold) -> result.add(finished(labels, dropsName, fold)));
    return result;
  }

  /**
   * @param manyGroups from how many groups on they must be fewer than half of the series
   */
  private @Nullable Folded fold(int manyGroups) {
    if (groupsByName(aggregate)) {
      return null;
    }
    SeriesStream stream = evaluation.stream(aggregate.expr(), grid);
    if (stream == null) {
      return null;
    }
    SeriesSet series = stream.series();
    SeriesSet.Grouping grouping = series.group(aggregate.labels(), aggregate.without());
    int steps = grid.count();
    int groupCount = grouping.labels().size();
    if (groupCount > manyGroups && groupCount > series.size() / 2) {
      return null;
    }
    int columns = Fold.columns(operation);
    evaluation.budget.expect((long) grouping.labels().size() * columns, steps);
    @Nullable Fold[] folds = new Fold[grouping.labels().size()];
    StepSeries scratch = StepSeries.blank(steps);
    boolean used = false;
    for (int i = 0; i < series.size(); i++) {
      if (used) {
        scratch.clear();
      }
      used = stream.fill(i, scratch);
      evaluation.budget.work(steps);
      if (!used) {
        continue;
      }
      if (scratch.histograms() != null && !takesHistograms()) {
        return null;
      }
      int group = grouping.groupOf()[i];
      Fold fold = folds[group];
      if (fold == null) {
        evaluation.budget.charge((long) steps * columns);
        fold = Fold.of(operation, steps);
        folds[group] = fold;
      }
      fold.add(scratch);
    }
    return new Folded(grouping.labels(), folds);
  }

  /** Whether histograms need not be added up, for they are counted or passed over. */
  private boolean takesHistograms() {
    if (operation == Aggregation.COUNT || operation == Aggregation.GROUP) {
      return true;
    }
    if (operation == Aggregation.SUM || operation == Aggregation.AVG) {
      return false;
    }
    evaluation.annotations.ignoredInAggregation(Expr.argumentSpan(aggregate.expr()), operation);
    return true;
  }

  private StepSeries folded(Group group) {
    boolean ignoresHistograms =
        switch (operation) {
          case MIN, MAX, STDDEV, STDVAR -> true;
          default -> false;
        };
    if (ignoresHistograms) {
      noteIgnored(group);
    }
    boolean sums = operation == Aggregation.SUM || operation == Aggregation.AVG;
    if (sums && group.members.stream().anyMatch(m -> m.histograms() != null)) {
      StepSeries result = evaluation.blank(group.labels, group.dropsName(), grid);
      sums(group, result);
      return result;
    }
    evaluation.budget.series(group.labels, grid.count() * Fold.columns(operation));
    Fold fold = Fold.of(operation, grid.count());
    group.members.forEach(fold::add);
    return new StepSeries(group.labels, group.dropsName(), fold.finish());
  }

  private void noteIgnored(Group group) {
    for (StepSeries member : group.members) {
      for (int i = 0; i < member.steps() && member.histograms() != null; i++) {
        if (member.histogram(i) != null) {
          evaluation.annotations.ignoredInAggregation(
              Expr.argumentSpan(aggregate.expr()), operation);
          return;
        }
      }
    }
  }

  /** Sums or means where there are histograms, step by step. */
  private void sums(Group group, StepSeries result) {
    boolean average = operation == Aggregation.AVG;
    double[] out = result.values();
    for (int i = 0; i < out.length; i++) {
      MeanSum mean = new MeanSum();
      KahanSum sum = new KahanSum();
      HistogramSum histogramSum = null;
      int floats = 0;
      int others = 0;
      for (StepSeries member : group.members) {
        FloatHistogram histogram = member.histogram(i);
        if (histogramSum != null && histogramSum.failed()) {
          break; // nothing behind is looked at, not even for remarks
        }
        if (member.isFloat(i)) {
          floats++;
          if (average) {
            mean.add(member.value(i));
          } else {
            sum.add(member.value(i));
          }
        } else if (histogram != null) {
          others++;
          if (histogramSum == null && floats == 0) {
            histogramSum = new HistogramSum();
          }
          if (histogramSum != null) { // behind a float there is nothing to add up
            histogramSum.add(histogram, member.labels());
          }
        }
      }
      Span span = Expr.argumentSpan(aggregate.expr());
      if (histogramSum != null) {
        histogramSum.annotate(evaluation.annotations, span, false, floats > 0);
      }
      if (floats > 0 && others > 0) {
        evaluation.annotations.mixedInAggregation(span);
      } else if (floats > 0) {
        out[i] = average ? mean.total() : sum.total();
      } else if (histogramSum != null) {
        FloatHistogram total = average ? histogramSum.mean() : histogramSum.total();
        if (total != null) {
          result.set(i, total);
        }
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
    if (parameter == null || label.isEmpty()) {
      throw PromqlException.execution("invalid label name " + Labels.quote(label));
    }
    if (label.indexOf('\uFFFD') >= 0) { // what was no UTF-8 is shown as it was written
      String written = evaluation.annotations.written(Expr.argumentSpan(parameter));
      throw PromqlException.execution(
          "invalid label name \"" + written.substring(1, written.length() - 1) + "\"");
    }
    // The value counts as one of the series' own labels: "without" may take it away again.
    boolean shown =
        !aggregate.without() || !(aggregate.labels().contains(label) || label.equals(Labels.NAME));
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

    /** Whether there was a histogram of another kind. */
    boolean failed() {
      return misfit != null;
    }

    /**
     * @param ofRange whether they are of one range; histograms that do not fit are all there is to
     *     say of it then
     * @param mixed whether there were floats among them, so that hints are of no interest
     */
    void annotate(Annotations annotations, Span span, boolean ofRange, boolean mixed) {
      Labels other = misfit;
      if (other != null) {
        annotations.mixedSchemas(span, other);
      }
      if (boundsDiffer && !(ofRange && other != null)) {
        annotations.reconciled(span, Operation.AGGREGATION);
      }
      if (resets && noResets && other == null && !mixed) {
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

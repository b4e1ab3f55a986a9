package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.TimeShift;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import io.aom.metrics.series.StaleMarker;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code info}: adds the labels of info metrics such as {@code target_info} to series of the same
 * job and instance. The info series are looked at as of the time that the series' own selector
 * means.
 */
final class InfoFunction {
  private static final List<String> IDENTITY = List.of("instance", "job");
  private static final String DEFAULT_NAME = "target_info";

  private final Evaluation evaluation;
  private final StepGrid grid;
  private final List<LabelMatcher> names = new ArrayList<>();
  private final List<LabelMatcher> data = new ArrayList<>();
  private final SelectorTimes times;
  private final Map<Labels, List<Series>> infoByIdentity = new HashMap<>();
  private final Map<Labels, StepSeries> results = new LinkedHashMap<>();

  InfoFunction(Evaluation evaluation, Expr.VectorSelector selector, StepGrid grid) {
    this.evaluation = evaluation;
    this.grid = grid;
    this.times = new SelectorTimes(selector.shift(), grid, evaluation.query);
    for (LabelMatcher matcher : selector.matchers()) {
      (matcher.name().equals(Labels.NAME) ? names : data).add(matcher);
    }
    SeriesSet infos = evaluation.dataOf(selector);
    for (int i = 0; i < infos.size(); i++) {
      Series series = new Series(infos.labels(i), infos.samples(i).copy());
      evaluation.budget.charge(2L * series.samples().size());
      infoByIdentity
          .computeIfAbsent(series.labels().keep(IDENTITY), identity -> new ArrayList<>())
          .add(series);
    }
  }

  /** The selector of the info series that a call needs. */
  static Expr.VectorSelector selector(Expr.Call call, StepGrid query) {
    List<LabelMatcher> matchers = new ArrayList<>();
    boolean named = false;
    boolean positive = false;
    if (call.arguments().size() > 1
        && call.arguments().get(1) instanceof Expr.VectorSelector given) {
      for (LabelMatcher matcher : given.matchers()) {
        matchers.add(matcher);
        if (matcher.name().equals(Labels.NAME)) {
          named = true;
          positive |=
              matcher.kind() == LabelMatcher.Kind.EQUAL
                  || matcher.kind() == LabelMatcher.Kind.REGEX;
        }
      }
    }
    if (!named) {
      matchers.add(LabelMatcher.equal(Labels.NAME, DEFAULT_NAME));
    } else if (!positive) {
      matchers.add(new LabelMatcher(LabelMatcher.Kind.REGEX, Labels.NAME, ".+_info"));
    }
    return new Expr.VectorSelector(
        "", matchers, shift(call.arguments().get(0), query), Expr.Reach.PLAIN, call.span());
  }

  /** Where a time of the evaluation ends up. */
  private record Shift(boolean fixed, long millis) {
    static final Shift NONE = new Shift(false, 0);

    /** This shift first, then that of something inside. */
    Shift then(TimeShift inner, StepGrid query) {
      long offset = inner.offset() == null ? 0 : inner.offset().millis(query);
      return inner.at() != null
          ? new Shift(true, inner.at().millis(query) - offset)
          : new Shift(fixed, millis - offset);
    }
  }

  private static TimeShift shift(Expr base, StepGrid query) {
    Shift found = find(base, Shift.NONE, query);
    Shift shift = found == null ? Shift.NONE : found;
    if (shift.fixed) {
      double seconds = shift.millis / 1000.0;
      return new TimeShift(new TimeShift.AtTime(seconds), null);
    }
    double seconds = -shift.millis / 1000.0;
    return new TimeShift(null, new DurationExpr.Literal(seconds, true, base.span()));
  }

  /** The shift of the first selector in the expression, or null if it has none. */
  private static @Nullable Shift find(Expr expr, Shift outer, StepGrid query) {
    return switch (expr) {
      case Expr.VectorSelector selector -> outer.then(selector.shift(), query);
      case Expr.MatrixSelector matrix -> outer.then(matrix.selector().shift(), query);
      case Expr.Subquery subquery ->
          find(subquery.expr(), outer.then(subquery.shift(), query), query);
      case Expr.Paren paren -> find(paren.expr(), outer, query);
      case Expr.Unary unary -> find(unary.expr(), outer, query);
      case Expr.Aggregate aggregate -> {
        Shift of = find(aggregate.expr(), outer, query);
        Expr parameter = aggregate.parameter();
        yield of != null || parameter == null ? of : find(parameter, outer, query);
      }
      case Expr.Binary last -> {
        Deque<Expr.Binary> chain = Expr.chain(last);
        List<Expr> operands = new ArrayList<>(List.of(chain.element().left()));
        chain.forEach(binary -> operands.add(binary.right()));
        yield findAny(operands, outer, query);
      }
      case Expr.Call call -> findAny(call.arguments(), outer, query);
      case Expr.NumberLiteral ignored -> null;
      case Expr.TextLiteral ignored -> null;
    };
  }

  private static @Nullable Shift findAny(List<Expr> operands, Shift outer, StepGrid query) {
    for (Expr operand : operands) {
      Shift found = find(operand, outer, query);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private boolean isInfo(StepSeries series) {
    return names.stream().allMatch(matcher -> matcher.matches(series.labels().metricName()));
  }

  List<StepSeries> evaluate(List<StepSeries> input) {
    keepAskedFor(input);
    refuseHistograms();
    refuseAmbiguous(input);
    for (StepSeries series : input) {
      boolean isInfo = isInfo(series);
      List<Series> infos =
          isInfo
              ? List.of()
              : infoByIdentity.getOrDefault(series.labels().keep(IDENTITY), List.of());
      boolean wanted = !isInfo && data.stream().anyMatch(matcher -> !matcher.matchesEmpty());
      for (int step = 0; step < series.steps(); step++) {
        if (series.isPresent(step)) {
          enrich(series, infos, wanted, step);
        }
      }
    }
    return new ArrayList<>(results.values());
  }

  /** Of each identifying label that any of the input has, an info series must have a value too. */
  private void keepAskedFor(List<StepSeries> input) {
    Map<String, Set<String>> asked = new HashMap<>();
    for (StepSeries series : input) {
      if (isInfo(series) || series.isAllEmpty()) {
        continue;
      }
      for (String label : IDENTITY) {
        if (series.labels().has(label)) {
          asked.computeIfAbsent(label, l -> new HashSet<>()).add(series.labels().get(label));
        }
      }
    }
    infoByIdentity
        .keySet()
        .removeIf(
            identity ->
                asked.isEmpty()
                    || asked.entrySet().stream()
                        .anyMatch(
                            label -> !label.getValue().contains(identity.get(label.getKey()))));
  }

  /** As in Prometheus, info series must be floats even at steps without any input. */
  private void refuseHistograms() {
    for (List<Series> infos : infoByIdentity.values()) {
      for (Series info : infos) {
        for (int step = 0; step < grid.count() && info.samples().hasHistograms(); step++) {
          int last = newest(info, step);
          if (last >= 0 && info.samples().histogram(last) != null) {
            throw PromqlException.execution(
                "this should be an info metric, with float samples: "
                    + info.labels().toLabelText());
          }
        }
      }
    }
  }

  /** As in Prometheus, info series must make sense even where no series of the input meets them. */
  private void refuseAmbiguous(List<StepSeries> input) {
    boolean[] present = BinaryOperations.presence(input, grid.count());
    for (List<Series> infos : infoByIdentity.values()) {
      if (infos.size() == 1) {
        continue;
      }
      for (int step = 0; step < present.length; step++) {
        if (present[step]) {
          current(infos, step);
        }
      }
    }
  }

  private void enrich(StepSeries series, List<Series> infos, boolean wanted, int step) {
    Map<String, Series> current = current(infos, step);
    if (current.isEmpty() && wanted) {
      return;
    }
    Labels labels = series.labels();
    Map<String, String> added = new HashMap<>();
    for (Series info : current.values()) {
      for (int i = 0; i < info.labels().size(); i++) {
        String name = info.labels().name(i);
        if (!included(name) || series.labels().has(name)) {
          continue;
        }
        String value = info.labels().value(i);
        String before = added.put(name, value);
        if (before != null && !before.equals(value)) {
          throw PromqlException.execution("conflicting label: " + name);
        }
        labels = labels.with(name, value);
      }
    }
    StepSeries to =
        results.computeIfAbsent(labels, l -> evaluation.blank(l, series.dropsName(), grid));
    if (to.isPresent(step)) {
      throw Evaluation.sameLabels();
    }
    to.values()[step] = series.value(step);
    FloatHistogram histogram = series.histogram(step);
    if (histogram != null) {
      to.set(step, histogram);
    }
  }

  private boolean included(String label) {
    if (label.equals(Labels.NAME) || IDENTITY.contains(label)) {
      return false;
    }
    return data.isEmpty() || data.stream().anyMatch(matcher -> matcher.name().equals(label));
  }

  /** Index of the newest sample that counts at a step, -1 if there is none. */
  private int newest(Series info, int step) {
    long time = times.at(step);
    int last = info.samples().firstAfter(time) - 1;
    boolean counts =
        last >= 0 && info.samples().time(last) > time - evaluation.limits.lookbackMillis();
    return counts ? last : -1;
  }

  /** Of each info metric the series with the newest sample at a step. */
  private Map<String, Series> current(List<Series> infos, int step) {
    Map<String, Series> newest = new LinkedHashMap<>();
    Map<String, Long> newestTime = new HashMap<>();
    for (Series info : infos) {
      SampleColumns samples = info.samples();
      int last = newest(info, step);
      if (last < 0 || StaleMarker.is(samples.value(last))) {
        continue;
      }
      String name = info.labels().metricName();
      Series before = newest.get(name);
      long held = newestTime.getOrDefault(name, Long.MIN_VALUE);
      if (before != null && samples.time(last) == held) {
        throw PromqlException.execution(
            "found duplicate series for info metric: existing "
                + before.labels().toLabelText()
                + " @ "
                + held
                + ", new "
                + info.labels().toLabelText()
                + " @ "
                + held);
      }
      if (samples.time(last) > held) {
        newest.put(name, info);
        newestTime.put(name, samples.time(last));
      }
    }
    return newest;
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** One call of a function that gives a vector. */
final class FunctionCalls {
  /** From here on a square's root swallows the 1 beside it. */
  private static final double LARGE = 1e8;

  private final Evaluation evaluation;
  private final Expr.Call call;
  private final StepGrid grid;

  FunctionCalls(Evaluation evaluation, Expr.Call call, StepGrid grid) {
    this.evaluation = evaluation;
    this.call = call;
    this.grid = grid;
  }

  private Expr argument(int index) {
    return call.arguments().get(index);
  }

  private List<StepSeries> vector(int index) {
    return evaluation.vector(argument(index), grid);
  }

  private double[] scalar(int index) {
    return evaluation.scalar(argument(index), grid);
  }

  private String text(int index) {
    return evaluation.text(argument(index));
  }

  List<StepSeries> evaluate() {
    return switch (call.function()) {
      case HISTOGRAM_QUANTILE ->
          histograms().quantile(scalar(0), vector(1), argument(0), argument(1));
      case HISTOGRAM_QUANTILES -> histograms().quantiles(vector(0));
      case HISTOGRAM_FRACTION -> histograms().fraction(scalar(0), scalar(1), vector(2));
      case ABS -> mapped(Math::abs);
      case CEIL -> mapped(Math::ceil);
      case FLOOR -> mapped(Math::floor);
      case EXP -> mapped(Math::exp);
      case SQRT -> mapped(Math::sqrt);
      case LN -> mapped(Math::log);
      case LOG2 -> mapped(FunctionCalls::log2);
      case LOG10 -> mapped(Math::log10);
      case SGN -> mapped(Math::signum);
      case SIN -> mapped(Math::sin);
      case COS -> mapped(Math::cos);
      case TAN -> mapped(Math::tan);
      case ASIN -> mapped(Math::asin);
      case ACOS -> mapped(Math::acos);
      case ATAN -> mapped(Math::atan);
      case SINH -> mapped(Math::sinh);
      case COSH -> mapped(Math::cosh);
      case TANH -> mapped(Math::tanh);
      case ASINH -> mapped(FunctionCalls::asinh);
      case ACOSH -> mapped(FunctionCalls::acosh);
      case ATANH -> mapped(x -> 0.5 * Math.log1p(2 * x / (1 - x)));
      case DEG -> mapped(x -> x * 180 / Math.PI);
      case RAD -> mapped(x -> x * Math.PI / 180);
      case ROUND -> rounded();
      case CLAMP -> clamped(scalar(1), scalar(2));
      case CLAMP_MIN -> clamped(scalar(1), null);
      case CLAMP_MAX -> clamped(null, scalar(1));
      case YEAR -> dated(CivilTime::year);
      case MONTH -> dated(CivilTime::month);
      case DAY_OF_MONTH -> dated(CivilTime::dayOfMonth);
      case DAY_OF_YEAR -> dated(CivilTime::dayOfYear);
      case DAY_OF_WEEK -> dated(CivilTime::dayOfWeek);
      case DAYS_IN_MONTH -> dated(CivilTime::daysInMonth);
      case HOUR -> dated(CivilTime::hour);
      case MINUTE -> dated(CivilTime::minute);
      case VECTOR_OF -> List.of(new StepSeries(Labels.EMPTY, false, scalar(0).clone()));
      case TIMESTAMP -> timestamps();
      case START_TIMESTAMP -> startTimestamps();
      case ABSENT -> absent();
      case ABSENT_OVER_TIME -> absentOverTime();
      case SORT, SORT_DESC -> sortedByValue();
      case SORT_BY_LABEL, SORT_BY_LABEL_DESC -> sortedByLabel();
      case LABEL_REPLACE -> new LabelFunctions(evaluation, call, grid).replace(vector(0));
      case LABEL_JOIN -> new LabelFunctions(evaluation, call, grid).join(vector(0));
      case HISTOGRAM_COUNT -> histograms().part(vector(0), FloatHistogram::count);
      case HISTOGRAM_SUM -> histograms().part(vector(0), FloatHistogram::sum);
      case HISTOGRAM_AVG -> histograms().part(vector(0), h -> h.sum() / h.count());
      case HISTOGRAM_STDDEV ->
          histograms().part(vector(0), h -> Math.sqrt(NativeQuantiles.variance(h)));
      case HISTOGRAM_STDVAR -> histograms().part(vector(0), NativeQuantiles::variance);
      case INFO ->
          new InfoFunction(evaluation, evaluation.infoSelector(call), grid).evaluate(vector(0));
      default -> new RangeFunctions(evaluation, call, grid).evaluate();
    };
  }

  private HistogramFunctions histograms() {
    return new HistogramFunctions(evaluation, call, grid);
  }

  static double log2(double x) {
    double exact = Math.getExponent(x);
    return x > 0 && Double.isFinite(x) && x == Math.scalb(1.0, (int) exact)
        ? exact
        : Math.log(x) / Math.log(2);
  }

  private static double acosh(double x) {
    if (x > LARGE) {
      return Math.log(x) + Math.log(2);
    }
    double above = x - 1; // near 1 only this is exact
    return Math.log1p(above + Math.sqrt(2 * above + above * above));
  }

  private static double asinh(double x) {
    double size = Math.abs(x);
    double result =
        size > LARGE
            ? Math.log(size) + Math.log(2)
            : Math.log1p(size + size * size / (1 + Math.sqrt(size * size + 1)));
    return Math.copySign(result, x);
  }

  /** Floats through a function; histograms are left out. */
  private List<StepSeries> mapped(DoubleUnaryOperator function) {
    List<StepSeries> result = new ArrayList<>();
    for (StepSeries series : vector(0)) {
      StepSeries to = evaluation.blank(series.labels(), true, grid);
      for (int i = 0; i < to.steps(); i++) {
        if (series.isFloat(i)) {
          to.values()[i] = function.applyAsDouble(series.value(i));
        }
      }
      result.add(to);
    }
    return result;
  }

  private interface StepFunction {
    double apply(double value, int step);
  }

  private List<StepSeries> mappedBySteps(StepFunction function) {
    List<StepSeries> result = new ArrayList<>();
    for (StepSeries series : vector(0)) {
      StepSeries to = evaluation.blank(series.labels(), true, grid);
      for (int i = 0; i < to.steps(); i++) {
        if (series.isFloat(i)) {
          to.values()[i] = function.apply(series.value(i), i);
        }
      }
      result.add(to);
    }
    return result;
  }

  private List<StepSeries> rounded() {
    double[] nearest = call.arguments().size() > 1 ? scalar(1) : Evaluation.constant(1, grid);
    return mappedBySteps(
        (value, step) -> {
          // By the inverse, because 0.1 has no exact double while 10 has.
          double inverse = 1 / nearest[step];
          return Math.floor(value * inverse + 0.5) / inverse;
        });
  }

  private List<StepSeries> clamped(double @Nullable [] least, double @Nullable [] most) {
    return mappedBySteps(
        (value, step) -> {
          double low = least == null ? Double.NEGATIVE_INFINITY : least[step];
          double high = most == null ? Double.POSITIVE_INFINITY : most[step];
          if (low > high) {
            return StepSeries.EMPTY;
          }
          return Numbers.greater(low, Numbers.lesser(high, value));
        });
  }

  private List<StepSeries> dated(ToDoubleFunction<CivilTime> field) {
    StepFunction function = (value, step) -> field.applyAsDouble(CivilTime.of(value));
    if (!call.arguments().isEmpty()) {
      return mappedBySteps(function);
    }
    StepSeries now = evaluation.blank(Labels.EMPTY, false, grid);
    for (int i = 0; i < now.steps(); i++) {
      now.values()[i] = function.apply(grid.at(i) / 1000.0, i);
    }
    return List.of(now);
  }

  private List<StepSeries> timestamps() {
    if (Expr.unwrap(argument(0)) instanceof Expr.VectorSelector selector) {
      return evaluation.select(selector, grid, NewestSamples.Wanted.TIME);
    }
    List<StepSeries> result = new ArrayList<>();
    for (StepSeries series : vector(0)) {
      StepSeries to = evaluation.blank(series.labels(), true, grid);
      for (int i = 0; i < to.steps(); i++) {
        if (series.isPresent(i)) {
          to.values()[i] = grid.at(i) / 1000.0;
        }
      }
      result.add(to);
    }
    return result;
  }

  /** Only samples as they were stored have a start, none that was calculated. */
  private List<StepSeries> startTimestamps() {
    return Expr.unwrap(argument(0)) instanceof Expr.VectorSelector selector
        ? evaluation.select(selector, grid, NewestSamples.Wanted.START)
        : List.of();
  }

  /** Labels that a selector fixes to one value. */
  private static Labels fixedLabels(Expr expr) {
    Expr inner = Expr.unwrap(expr);
    List<LabelMatcher> matchers =
        switch (inner) {
          case Expr.VectorSelector selector -> selector.matchers();
          case Expr.MatrixSelector matrix -> matrix.selector().matchers();
          default -> List.of();
        };
    Labels labels = Labels.EMPTY;
    Set<String> fixed = new HashSet<>();
    for (LabelMatcher matcher : matchers) {
      if (matcher.name().equals(Labels.NAME)) {
        continue;
      }
      // A second test of a label takes its value away again, as it always did in Prometheus.
      boolean fixes = matcher.kind() == LabelMatcher.Kind.EQUAL && fixed.add(matcher.name());
      labels = labels.with(matcher.name(), fixes ? matcher.value() : "");
    }
    return labels;
  }

  private List<StepSeries> absent() {
    List<StepSeries> input = vector(0);
    StepSeries result = evaluation.blank(fixedLabels(argument(0)), false, grid);
    for (int i = 0; i < result.steps(); i++) {
      int step = i;
      if (input.stream().noneMatch(series -> series.isPresent(step))) {
        result.values()[i] = 1;
      }
    }
    return List.of(result);
  }

  private List<StepSeries> absentOverTime() {
    Evaluation.Ranges ranges = evaluation.ranges(argument(0), grid);
    ExtendedRanges.check(call.function(), ranges.reach());
    // Unlike absent, it counts as a function over a range: type and unit go with the name.
    StepSeries result = evaluation.blank(fixedLabels(argument(0)), true, grid);
    Arrays.fill(result.values(), 1);
    for (int series = 0; series < ranges.size(); series++) {
      Points points = ranges.points(series);
      for (int i = 0; i < result.steps(); i++) {
        long end = ranges.times().at(i);
        if (points.anyIn(end - ranges.rangeMillis(), end)) {
          result.values()[i] = StepSeries.EMPTY;
        }
      }
    }
    return List.of(result);
  }

  private boolean ineffective() {
    if (grid.start() == grid.end()) {
      return false;
    }
    evaluation.annotations.sortIneffective(call.span());
    return true;
  }

  private List<StepSeries> sortedByValue() {
    List<StepSeries> floats = new ArrayList<>();
    for (StepSeries series : vector(0)) {
      floats.add(series.floatsOnly());
    }
    if (ineffective()) {
      return floats;
    }
    floats.removeIf(series -> !series.isFloat(0));
    boolean descending = call.function() == Function.SORT_DESC;
    floats.sort(
        (a, b) -> {
          double x = a.value(0);
          double y = b.value(0);
          if (Double.isNaN(x) || Double.isNaN(y)) {
            return Boolean.compare(Double.isNaN(x), Double.isNaN(y));
          }
          return descending ? Double.compare(y, x) : Double.compare(x, y);
        });
    return floats;
  }

  private List<StepSeries> sortedByLabel() {
    List<StepSeries> sorted = new ArrayList<>(vector(0));
    if (ineffective()) {
      return sorted;
    }
    Comparator<StepSeries> order = Comparator.comparing(StepSeries::labels);
    for (int i = call.arguments().size() - 1; i > 0; i--) {
      String label = text(i);
      Comparator<StepSeries> byLabel =
          Comparator.comparing(series -> series.labels().get(label), FunctionCalls::compareNatural);
      order = byLabel.thenComparing(order);
    }
    sorted.sort(call.function() == Function.SORT_BY_LABEL ? order : order.reversed());
    return sorted;
  }

  /**
   * Order in which numbers within texts count as numbers, 4m5 before 4m600. Texts are compared run
   * by run, each of digits or of anything else.
   */
  static int compareNatural(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int iEnd = runEnd(a, i);
      int jEnd = runEnd(b, j);
      String x = a.substring(i, iEnd);
      String y = b.substring(j, jEnd);
      int order =
          digit(x.charAt(0)) && digit(y.charAt(0)) ? compareWhole(x, y) : Labels.compareText(x, y);
      if (order != 0) {
        return order;
      }
      i = iEnd;
      j = jEnd;
    }
    return Integer.compare(a.length() - i, b.length() - j);
  }

  private static int compareWhole(String a, String b) {
    String x = a.replaceFirst("^0+(?=.)", "");
    String y = b.replaceFirst("^0+(?=.)", "");
    return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int runEnd(String text, int from) {
    int end = from + 1;
    while (end < text.length() && digit(text.charAt(end)) == digit(text.charAt(from))) {
      end++;
    }
    return end;
  }
}

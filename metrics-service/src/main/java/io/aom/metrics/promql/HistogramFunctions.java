package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Bucket;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Functions on histograms, classic (series with {@code le}) and native. */
final class HistogramFunctions {
  private static final String LE = "le";

  /** Relative difference of two counts that rounding explains. */
  private static final double TOLERANCE = 1e-12;

  private final Evaluation evaluation;
  private final Expr.Call call;
  private final StepGrid grid;
  private final Map<String, Raised> raised = new LinkedHashMap<>();

  HistogramFunctions(Evaluation evaluation, Expr.Call call, StepGrid grid) {
    this.evaluation = evaluation;
    this.call = call;
    this.grid = grid;
  }

  /** A number of each native histogram; floats are left out. */
  List<StepSeries> part(List<StepSeries> input, ToDoubleFunction<FloatHistogram> part) {
    List<StepSeries> result = new ArrayList<>();
    for (StepSeries series : input) {
      if (series.histograms() == null) {
        continue;
      }
      StepSeries to = evaluation.blank(series.labels(), true, grid);
      for (int i = 0; i < to.steps(); i++) {
        FloatHistogram histogram = series.histogram(i);
        if (histogram != null) {
          to.values()[i] = part.applyAsDouble(histogram);
        }
      }
      result.add(to);
    }
    return result;
  }

  /** Classic buckets whose counts had to be raised, of all histograms of one name. */
  private static final class Raised {
    private final Labels labels;
    private final int[] histograms;
    private double lowest = Double.POSITIVE_INFINITY;
    private double highest = Double.NEGATIVE_INFINITY;
    private double largest;

    Raised(Labels labels, int steps) {
      this.labels = labels;
      this.histograms = new int[steps];
    }

    void add(int step, double minimum, double maximum, double difference) {
      histograms[step]++;
      lowest = Math.min(lowest, minimum);
      highest = Math.max(highest, maximum);
      largest = Math.max(largest, difference);
    }

    void annotate(Annotations annotations, Span span, StepGrid grid) {
      int first = 0;
      while (histograms[first] == 0) {
        first++;
      }
      int last = histograms.length - 1;
      while (histograms[last] == 0) {
        last--;
      }
      annotations.forcedMonotonicity(
          span, labels, grid.at(first), grid.at(last), lowest, highest, largest, count(first));
    }

    /**
     * How often Prometheus says that it came up: at each step it adds up all that it has counted,
     * the steps before once more. Like its count this one starts anew where it gets too large.
     */
    private long count(int first) {
      long count = histograms[first];
      for (int step = first + 1; step < histograms.length; step++) {
        count = 2 * (count + histograms[step]);
      }
      return count;
    }
  }

  /** Upper bound of a bucket and the series that counts up to it. */
  private record Limit(double upper, StepSeries series) {}

  /** What belongs together: the buckets of one classic histogram, or one series of native ones. */
  private static final class Group {
    final Labels labels;
    final boolean dropsName;
    final List<Limit> buckets = new ArrayList<>();
    @Nullable StepSeries nativeSeries;

    Group(Labels labels, boolean dropsName) {
      this.labels = labels;
      this.dropsName = dropsName;
    }
  }

  private List<Group> groups(List<StepSeries> input, Span span) {
    Map<Labels, Group> groups = new LinkedHashMap<>();
    for (StepSeries series : input) {
      if (series.histograms() != null) {
        Group group = groups.computeIfAbsent(series.labels(), l -> new Group(l, true));
        group.nativeSeries = series;
      }
    }
    for (StepSeries series : input) {
      if (!series.isAnyFloat()) {
        continue;
      }
      String le = series.labels().get(LE);
      Double upper = Numbers.parse(le);
      if (upper == null) {
        evaluation.annotations.badBucketLabel(span, series.labels(), le);
        continue;
      }
      Labels labels = series.labels().without(LE);
      groups.computeIfAbsent(labels, l -> new Group(l, true)).buckets.add(new Limit(upper, series));
    }
    for (Group group : groups.values()) {
      group.buckets.sort((a, b) -> Double.compare(a.upper, b.upper));
    }
    return new ArrayList<>(groups.values());
  }

  private interface Estimate {
    double ofNative(FloatHistogram histogram, int step, Labels labels);

    double ofClassic(List<Bucket> buckets, int step, Labels labels);
  }

  /** The labels of a result, which may be others from step to step. */
  private interface LabelsAt {
    Labels of(Labels group, int step);
  }

  private static final LabelsAt UNCHANGED = (labels, step) -> labels;

  private List<StepSeries> estimated(
      List<Group> groups, Estimate estimate, Span span, LabelsAt named) {
    List<StepSeries> result = new ArrayList<>();
    for (Group group : groups) {
      Map<Labels, StepSeries> byLabels = new LinkedHashMap<>();
      for (int i = 0; i < grid.count(); i++) {
        StepSeries to =
            byLabels.computeIfAbsent(
                named.of(group.labels, i), l -> evaluation.blank(l, group.dropsName, grid));
        StepSeries nativeSeries = group.nativeSeries;
        FloatHistogram histogram = nativeSeries == null ? null : nativeSeries.histogram(i);
        List<Bucket> buckets = classic(group, i);
        if (histogram != null && !buckets.isEmpty()) {
          evaluation.annotations.mixedClassicAndNative(span, group.labels);
        } else if (histogram != null) {
          to.values()[i] = estimate.ofNative(histogram, i, group.labels);
        } else if (!buckets.isEmpty()) {
          to.values()[i] = estimate.ofClassic(buckets, i, group.labels);
        }
      }
      result.addAll(byLabels.values());
    }
    return result;
  }

  /** Cumulative counts by upper bound at a step; equal bounds are one. Lower bounds are not set. */
  private static List<Bucket> classic(Group group, int step) {
    List<Bucket> buckets = new ArrayList<>(group.buckets.size());
    for (Limit limit : group.buckets) {
      if (!limit.series.isFloat(step)) {
        continue;
      }
      double count = limit.series.value(step);
      int last = buckets.size() - 1;
      if (last >= 0 && buckets.get(last).upper() == limit.upper) {
        count += buckets.remove(last).count();
      }
      buckets.add(new Bucket(0, limit.upper, count));
    }
    return buckets;
  }

  List<StepSeries> quantile(double[] phi, List<StepSeries> input, Expr phiExpr, Expr inputExpr) {
    notePhi(phi, Expr.argumentSpan(phiExpr));
    Span span = Expr.argumentSpan(inputExpr);
    Estimate estimate = quantileOf(phi, new boolean[grid.count()], span);
    List<StepSeries> result = estimated(groups(input, span), estimate, span, UNCHANGED);
    raised.values().forEach(one -> one.annotate(evaluation.annotations, span, grid));
    return result;
  }

  List<StepSeries> quantiles(List<StepSeries> input) {
    Span span = Expr.argumentSpan(call.arguments().get(0));
    String label = evaluation.text(call.arguments().get(1));
    List<Group> groups = groups(input, span);
    List<StepSeries> result = new ArrayList<>();
    boolean[] fixed = new boolean[grid.count()];
    for (int a = 2; a < call.arguments().size(); a++) {
      double[] phi = evaluation.scalar(call.arguments().get(a), grid);
      notePhi(phi, Expr.argumentSpan(call.arguments().get(a)));
      LabelsAt named = (labels, step) -> labels.with(label, quantileText(phi[step]));
      result.addAll(estimated(groups, quantileOf(phi, fixed.clone(), span), span, named));
      for (int i = 0; i < phi.length; i++) {
        fixed[i] |= phi[i] >= 0 && phi[i] <= 1;
      }
    }
    raised.values().forEach(one -> one.annotate(evaluation.annotations, span, grid));
    // Quantiles that are the same to a label's text, or take the place of one that tells series
    // apart, give series of the same labels; at a single step Prometheus does not mind yet.
    return grid.count() == 1 ? result : Evaluation.merged(result);
  }

  /** As OpenMetrics writes a bound: with a decimal point. */
  private static String quantileText(double value) {
    String text = Numbers.formatShort(value == 0 ? 0 : value);
    boolean whole = text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
    return whole ? text + ".0" : text;
  }

  private void notePhi(double[] phi, Span span) {
    for (double value : phi) {
      if (Double.isNaN(value) || value < 0 || value > 1) {
        evaluation.annotations.quantileOutside(span, value);
      }
    }
  }

  /**
   * @param fixed steps at which another quantile of the same buckets has fixed them, and said so
   */
  private Estimate quantileOf(double[] phi, boolean[] fixed, Span span) {
    NativeQuantiles natives = new NativeQuantiles(evaluation.annotations, span);
    return new Estimate() {
      @Override
      public double ofNative(FloatHistogram histogram, int step, Labels labels) {
        return natives.quantile(phi[step], histogram, labels);
      }

      @Override
      public double ofClassic(List<Bucket> buckets, int step, Labels labels) {
        return classicQuantile(phi[step], buckets, fixed[step], labels, step);
      }
    };
  }

  private double classicQuantile(
      double phi, List<Bucket> given, boolean silent, Labels labels, int step) {
    if (Double.isNaN(phi)) {
      return Double.NaN;
    }
    if (phi < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (phi > 1) {
      return Double.POSITIVE_INFINITY;
    }
    int last = given.size() - 1;
    if (given.get(last).upper() != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    List<Bucket> buckets = monotonic(given, silent, labels, step);
    double observations = buckets.get(last).count();
    if (buckets.size() < 2 || observations == 0) {
      return Double.NaN;
    }
    double rank = phi * observations;
    int b = 0;
    while (b < last && !(buckets.get(b).count() >= rank)) {
      b++;
    }
    if (b == last) {
      return buckets.get(last - 1).upper();
    }
    double upper = buckets.get(b).upper();
    if (b == 0 && upper <= 0) {
      return upper;
    }
    double lower = b == 0 ? 0 : buckets.get(b - 1).upper();
    double before = b == 0 ? 0 : buckets.get(b - 1).count();
    double inBucket = buckets.get(b).count() - before;
    return lower + (upper - lower) * ((rank - before) / inBucket);
  }

  /**
   * Differences that rounding explains are ignored, either way; other counts that fall from one
   * bucket to the next are raised, and it is said.
   */
  private List<Bucket> monotonic(List<Bucket> buckets, boolean silent, Labels labels, int step) {
    List<Bucket> fixed = new ArrayList<>(buckets.size());
    double before = buckets.get(0).count();
    double minimum = Double.POSITIVE_INFINITY;
    double maximum = Double.NEGATIVE_INFINITY;
    double largest = 0;
    for (Bucket bucket : buckets) {
      double count = bucket.count();
      if (nearly(before, count)) {
        count = before;
      } else if (count < before) {
        minimum = Math.min(minimum, bucket.upper());
        maximum = Math.max(maximum, bucket.upper());
        largest = Math.max(largest, before - count);
        count = before;
      }
      before = count;
      fixed.add(new Bucket(bucket.lower(), bucket.upper(), count));
    }
    if (maximum > Double.NEGATIVE_INFINITY && !silent) {
      raised
          .computeIfAbsent(labels.metricName(), name -> new Raised(labels, grid.count()))
          .add(step, minimum, maximum, largest);
    }
    return fixed;
  }

  private static boolean nearly(double a, double b) {
    if (a == b || (Double.isNaN(a) && Double.isNaN(b))) {
      return true;
    }
    double size = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    boolean tiny = a == 0 || b == 0 || size < Double.MIN_NORMAL;
    double unit = tiny ? Double.MIN_NORMAL : Math.min(size, Double.MAX_VALUE);
    return difference < TOLERANCE * unit;
  }

  List<StepSeries> fraction(double[] lower, double[] upper, List<StepSeries> input) {
    Span span = Expr.argumentSpan(call.arguments().get(2));
    NativeQuantiles natives = new NativeQuantiles(evaluation.annotations, span);
    Estimate estimate =
        new Estimate() {
          @Override
          public double ofNative(FloatHistogram histogram, int step, Labels labels) {
            return natives.fraction(lower[step], upper[step], histogram, labels);
          }

          @Override
          public double ofClassic(List<Bucket> buckets, int step, Labels labels) {
            return classicFraction(lower[step], upper[step], buckets);
          }
        };
    return estimated(groups(input, span), estimate, span, UNCHANGED);
  }

  private static double classicFraction(double lower, double upper, List<Bucket> cumulative) {
    int last = cumulative.size() - 1;
    double observations = cumulative.get(last).count();
    if (cumulative.get(last).upper() != Double.POSITIVE_INFINITY
        || observations == 0
        || Double.isNaN(lower)
        || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    NativeQuantiles.Ranks ranks = new NativeQuantiles.Ranks(lower, upper);
    double before = 0;
    double edge = cumulative.get(0).upper() > 0 ? 0 : Double.NEGATIVE_INFINITY;
    for (Bucket bucket : cumulative) {
      ranks.add(new Bucket(edge, bucket.upper(), bucket.count() - before), true);
      edge = bucket.upper();
      before = bucket.count();
    }
    return ranks.difference(observations) / observations;
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Hint;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Sums and means of several histograms of one kind, with as little rounding as those of floats. */
final class HistogramArithmetic {
  private HistogramArithmetic() {}

  /** Sum of at least one histogram, or their mean. */
  static FloatHistogram sum(List<FloatHistogram> histograms, boolean mean) {
    List<FloatHistogram> alike = reconciled(histograms);
    FloatHistogram model = alike.get(0);
    Hint hint = histograms.get(0).hint();
    for (FloatHistogram histogram : histograms) {
      hint = FloatHistogram.combinedHint(hint, histogram.hint());
    }
    return new FloatHistogram(
        model.schema,
        hint,
        model.zeroThreshold,
        fold(alike, h -> h.zeroCount, mean),
        fold(alike, h -> h.count, mean),
        fold(alike, h -> h.sum, mean),
        foldSide(alike, h -> h.positive, mean),
        foldSide(alike, h -> h.negative, mean),
        model.bounds);
  }

  /** The same histograms with one schema, one zero threshold, one set of bounds. */
  private static List<FloatHistogram> reconciled(List<FloatHistogram> histograms) {
    List<FloatHistogram> alike = new ArrayList<>(histograms);
    if (alike.get(0).isCustom()) {
      double[] common = alike.get(0).bounds;
      for (FloatHistogram histogram : alike) {
        common = intersect(common, histogram.bounds);
      }
      double[] shared = common;
      alike.replaceAll(h -> h.withBounds(shared));
      return alike;
    }
    FloatHistogram first = alike.get(0);
    double threshold = first.zeroThreshold;
    int schema = first.schema;
    if (alike.stream().anyMatch(h -> h.zeroThreshold != first.zeroThreshold)) {
      // How wide the zero bucket gets depends on the buckets of the sums on the way.
      FloatHistogram sum = first;
      for (FloatHistogram histogram : alike.subList(1, alike.size())) {
        sum = sum.plus(histogram);
      }
      threshold = sum.zeroThreshold;
    }
    for (FloatHistogram histogram : alike) {
      schema = Math.min(schema, histogram.schema);
    }
    double widest = threshold;
    int coarsest = schema;
    alike.replaceAll(h -> h.withZeroThreshold(widest).withSchema(coarsest));
    return alike;
  }

  private static double[] intersect(double[] a, double[] b) {
    TreeSet<Double> both = new TreeSet<>();
    for (double bound : a) {
      for (double other : b) {
        if (bound == other) {
          both.add(bound);
        }
      }
    }
    return both.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double fold(
      List<FloatHistogram> histograms, ToDoubleFunction<FloatHistogram> part, boolean mean) {
    if (histograms.size() == 1) {
      return part.applyAsDouble(histograms.get(0)); // to add it to 0 would make 0 of -0
    }
    MeanSum average = new MeanSum();
    KahanSum sum = new KahanSum();
    for (FloatHistogram histogram : histograms) {
      if (mean) {
        average.add(part.applyAsDouble(histogram));
      } else {
        sum.add(part.applyAsDouble(histogram));
      }
    }
    return mean ? average.total() : sum.total();
  }

  private static Buckets foldSide(
      List<FloatHistogram> histograms, Function<FloatHistogram, Buckets> side, boolean mean) {
    TreeMap<Integer, double[]> columns = new TreeMap<>();
    for (int h = 0; h < histograms.size(); h++) {
      Buckets buckets = side.apply(histograms.get(h));
      for (int i = 0; i < buckets.size(); i++) {
        columns.computeIfAbsent(buckets.index(i), n -> new double[histograms.size()])[h] =
            buckets.count(i);
      }
    }
    Buckets.Builder folded = new Buckets.Builder();
    columns.forEach(
        (index, counts) -> {
          MeanSum average = new MeanSum();
          KahanSum sum = new KahanSum();
          for (double count : counts) {
            if (mean) {
              average.add(count);
            } else {
              sum.add(count);
            }
          }
          folded.add(index, mean ? average.total() : sum.total());
        });
    return folded.build();
  }
}

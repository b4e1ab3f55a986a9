package io.aom.metrics.conformance;

import io.aom.metrics.promql.Buckets;
import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.metrics.promql.Numbers;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns the series of classic histograms into native ones with custom buckets. */
final class ClassicHistograms {
  /** What the series of one histogram say at one time. */
  private static final class Parts {
    final TreeMap<Double, Double> cumulative = new TreeMap<>();
    double sum;
    double count = Double.NaN;

    FloatHistogram toHistogram() {
      double total = count;
      if (Double.isNaN(total)) {
        total = cumulative.isEmpty() ? 0 : cumulative.lastEntry().getValue();
      }
      cumulative.putIfAbsent(Double.POSITIVE_INFINITY, total);
      double[] counts = new double[cumulative.size()];
      double[] bounds = new double[counts.length - 1];
      double before = 0;
      int i = 0;
      for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
        if (i < bounds.length) {
          bounds[i] = bucket.getKey();
        }
        counts[i++] = bucket.getValue() - before;
        before = bucket.getValue();
      }
      return FloatHistogram.of(
          FloatHistogram.CUSTOM_SCHEMA,
          Hint.UNKNOWN,
          0,
          0,
          total,
          sum,
          Buckets.from(0, counts),
          Buckets.from(0),
          bounds);
    }
  }

  private final Map<Labels, TreeMap<Long, Parts>> histograms = new HashMap<>();

  ClassicHistograms(Map<Labels, SampleColumns> series) {
    series.forEach(this::add);
  }

  private void add(Labels labels, SampleColumns samples) {
    String name = labels.metricName();
    int cut = name.lastIndexOf('_');
    String kind = cut < 0 ? "" : name.substring(cut);
    @Nullable Double bound = kind.equals("_bucket") ? Numbers.parse(labels.get("le")) : null;
    boolean bucket = bound != null && !bound.isNaN();
    if (!bucket && !kind.equals("_sum") && !kind.equals("_count")) {
      return;
    }
    Labels base = labels.without("le").with(Labels.NAME, name.substring(0, cut));
    TreeMap<Long, Parts> byTime = histograms.computeIfAbsent(base, b -> new TreeMap<>());
    for (int i = 0; i < samples.size(); i++) {
      if (samples.histogram(i) != null) {
        continue;
      }
      Parts parts = byTime.computeIfAbsent(samples.time(i), t -> new Parts());
      switch (kind) {
        case "_sum" -> parts.sum = samples.value(i);
        case "_count" -> parts.count = samples.value(i);
        default -> parts.cumulative.putIfAbsent(Objects.requireNonNull(bound), samples.value(i));
      }
    }
  }

  Map<Labels, SampleColumns> toCustomBuckets() {
    Map<Labels, SampleColumns> made = new LinkedHashMap<>();
    histograms.forEach(
        (labels, byTime) -> {
          SampleColumns samples = new SampleColumns();
          FloatHistogram before = null;
          for (Map.Entry<Long, Parts> at : byTime.entrySet()) {
            FloatHistogram histogram = at.getValue().toHistogram();
            samples.append(at.getKey(), ScriptSeries.hinted(histogram, before).toWire(at.getKey()));
            before = histogram;
          }
          if (!samples.isEmpty()) {
            made.put(labels, samples);
          }
        });
    return made;
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Series in memory, as a script loads them. */
final class LoadedSeries implements SeriesSource {
  private final Map<Labels, SampleColumns> all = new TreeMap<>();

  void clear() {
    all.clear();
  }

  void load(long stepMillis, List<String> lines, boolean withNativeHistograms) {
    Map<Labels, SampleColumns> loaded = new LinkedHashMap<>();
    for (String text : lines) {
      ScriptValues.Line line = ScriptValues.line(text);
      if (line.start()) {
        continue; // start times of samples are not kept
      }
      SampleColumns samples = new SampleColumns();
      FloatHistogram before = null;
      for (int i = 0; i < line.items().size(); i++) {
        ScriptValues.Item item = line.items().get(i);
        if (item.gap()) {
          continue;
        }
        if (item.histogram() == null) {
          samples.append(i * stepMillis, item.value());
          before = null;
          continue;
        }
        FloatHistogram histogram = hinted(item.histogram(), before);
        samples.append(i * stepMillis, histogram.toWire(i * stepMillis));
        before = item.histogram();
      }
      loaded.put(line.labels(), samples);
    }
    if (withNativeHistograms) {
      loaded.putAll(customBuckets(loaded));
    }
    loaded.forEach((labels, samples) -> all.merge(labels, samples, SampleColumns::merge));
  }

  /** The hint that Prometheus's storage gives back. */
  private static FloatHistogram hinted(FloatHistogram histogram, FloatHistogram before) {
    if (histogram.hint() == Hint.GAUGE) {
      return histogram;
    }
    if (before == null
        || before.hint() == Hint.GAUGE
        || histogram.hint() == Hint.RESET
        || histogram.withHint(Hint.UNKNOWN).isResetAfter(before)
        || (histogram.isCustom() && !histogram.sameBounds(before))) {
      return histogram.withHint(Hint.UNKNOWN);
    }
    return histogram.withHint(Hint.NOT_RESET);
  }

  private static Map<Labels, SampleColumns> customBuckets(Map<Labels, SampleColumns> loaded) {
    record Part(TreeMap<Double, Double> cumulative, double[] sumAndCount) {}
    Map<Labels, TreeMap<Long, Part>> groups = new HashMap<>();
    loaded.forEach(
        (labels, samples) -> {
          String name = labels.metricName();
          int cut = name.lastIndexOf('_');
          String kind = cut < 0 ? "" : name.substring(cut);
          boolean bucket = kind.equals("_bucket") && labels.has("le");
          if (!bucket && !kind.equals("_sum") && !kind.equals("_count")) {
            return;
          }
          Labels base = labels.without("le").with(Labels.NAME, name.substring(0, cut));
          for (int i = 0; i < samples.size(); i++) {
            Part part =
                groups
                    .computeIfAbsent(base, b -> new TreeMap<>())
                    .computeIfAbsent(
                        samples.time(i),
                        t -> new Part(new TreeMap<>(), new double[] {0, Double.NaN}));
            if (bucket) {
              part.cumulative.put(ScriptValues.number(labels.get("le")), samples.value(i));
            } else {
              part.sumAndCount[kind.equals("_sum") ? 0 : 1] = samples.value(i);
            }
          }
        });
    Map<Labels, SampleColumns> made = new LinkedHashMap<>();
    groups.forEach(
        (labels, parts) -> {
          SampleColumns samples = new SampleColumns();
          FloatHistogram[] before = new FloatHistogram[1];
          parts.forEach(
              (time, part) -> {
                if (part.cumulative.isEmpty()) {
                  return;
                }
                FloatHistogram histogram = custom(part.cumulative, part.sumAndCount);
                samples.append(time, hinted(histogram, before[0]).toWire(time));
                before[0] = histogram;
              });
          if (!samples.isEmpty()) {
            made.put(labels, samples);
          }
        });
    return made;
  }

  private static FloatHistogram custom(TreeMap<Double, Double> cumulative, double[] sumAndCount) {
    List<Double> bounds = new ArrayList<>();
    Buckets.Builder buckets = new Buckets.Builder();
    double before = 0;
    int index = 0;
    for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
      if (!Double.isInfinite(bucket.getKey())) {
        bounds.add(bucket.getKey());
      }
      buckets.add(index++, bucket.getValue() - before);
      before = bucket.getValue();
    }
    double count = Double.isNaN(sumAndCount[1]) ? before : sumAndCount[1];
    return new FloatHistogram(
        FloatHistogram.CUSTOM_SCHEMA,
        Hint.UNKNOWN,
        0,
        0,
        count,
        sumAndCount[0],
        buckets.build(),
        Buckets.NONE,
        bounds.stream().mapToDouble(Double::doubleValue).toArray());
  }

  @Override
  public List<List<Series>> select(List<Selection> selections) {
    List<List<Series>> result = new ArrayList<>();
    for (Selection selection : selections) {
      List<Series> series = new ArrayList<>();
      all.forEach(
          (labels, samples) -> {
            SampleColumns window = samples.window(selection.afterMillis(), selection.untilMillis());
            boolean matches =
                selection.matchers().stream().allMatch(m -> m.matches(labels.get(m.name())));
            if (matches && !window.isEmpty()) {
              series.add(new Series(labels, window));
            }
          });
      result.add(series);
    }
    return result;
  }
}

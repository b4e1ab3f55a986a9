package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The series that a selection found, no label set twice. Labels are put together and samples
 * decoded when they are asked for, each time anew. For one thread.
 */
public interface SeriesSet {
  int size();

  Labels labels(int series);

  /** Value of one label, empty if the series does not have it. */
  String label(int series, String name);

  /**
   * The samples in the selection's window, perhaps none. They are valid until the next call; {@link
   * SampleColumns#copy} keeps them.
   */
  SampleColumns samples(int series);

  /**
   * The series in stretches, if some of it is rolled up; else null, and {@link #samples} has all.
   * They are valid until the next call. Only selections that can do with them find any.
   */
  default @Nullable RollupColumns rollup(int series) {
    return null;
  }

  /** How old the newest sample of a stretch may be, at least; 0 unless times were estimated. */
  default long leastLookbackMillis() {
    return 0;
  }

  /** Which group each series belongs to, by labels as an aggregation gives them. */
  Grouping group(List<String> names, boolean without);

  /**
   * @param groupOf by series
   * @param labels by group
   */
  record Grouping(int[] groupOf, List<Labels> labels) {}

  /** What an aggregation leaves of a series' labels. */
  static Labels groupLabels(Labels labels, List<String> names, boolean without) {
    if (without) {
      return labels.without(names).without(Labels.NAME);
    }
    return names.isEmpty() ? Labels.EMPTY : labels.keep(names);
  }

  /** Series that are there already. */
  static SeriesSet of(List<Series> series) {
    return new SeriesSet() {
      @Override
      public int size() {
        return series.size();
      }

      @Override
      public Labels labels(int number) {
        return series.get(number).labels();
      }

      @Override
      public String label(int number, String name) {
        return labels(number).get(name);
      }

      @Override
      public SampleColumns samples(int number) {
        return series.get(number).samples();
      }

      @Override
      public Grouping group(List<String> names, boolean without) {
        Map<Labels, Integer> numbers = new LinkedHashMap<>();
        int[] groupOf = new int[series.size()];
        for (int i = 0; i < groupOf.length; i++) {
          Labels group = groupLabels(labels(i), names, without);
          Integer known = numbers.putIfAbsent(group, numbers.size());
          groupOf[i] = known == null ? numbers.size() - 1 : known;
        }
        return new Grouping(groupOf, new ArrayList<>(numbers.keySet()));
      }
    };
  }
}

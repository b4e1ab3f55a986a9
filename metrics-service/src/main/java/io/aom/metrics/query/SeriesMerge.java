package io.aom.metrics.query;

import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings the samples of series together that come from several places, oldest place first: where
 * two have a sample at one time, the later place wins. Refuses more samples than a query may have.
 */
final class SeriesMerge {
  private final Map<Labels, SampleColumns> byLabels = new LinkedHashMap<>();

  void add(Series series) {
    byLabels.merge(series.labels(), series.samples(), SampleColumns::merge);
  }

  List<Series> series() {
    List<Series> all = new ArrayList<>(byLabels.size());
    byLabels.forEach((labels, samples) -> all.add(new Series(labels, samples)));
    return all;
  }

  /** Counts samples that were taken into memory; shared by all selections of a query. */
  static final class Allowance {
    private final long most;
    private long taken;

    Allowance(long most) {
      this.most = most;
    }

    long taken() {
      return taken;
    }

    void take(long samples) {
      taken += samples;
      if (taken > most) {
        throw new PromqlException(
            PromqlException.Kind.EXECUTION,
            "query processing would load too many samples into memory (expected: at most "
                + most
                + "; narrow the selectors or the time range)");
      }
    }
  }
}

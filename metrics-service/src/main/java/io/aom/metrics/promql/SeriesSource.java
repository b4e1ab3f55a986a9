package io.aom.metrics.promql;

import io.aom.metrics.series.LabelMatcher;
import java.util.List;

/** Where the engine gets series from. It asks once for a query, for all its selectors together. */
public interface SeriesSource {

  /**
   * What one selector needs: samples in {@code (afterMillis, untilMillis]}.
   *
   * @param newestOnly whether the newest sample of each series will do; more does no harm
   */
  record Selection(
      List<LabelMatcher> matchers, long afterMillis, long untilMillis, boolean newestOnly) {
    public Selection {
      matchers = List.copyOf(matchers);
    }
  }

  /**
   * For each selection, in their order, every series that satisfies all its matchers and may have a
   * sample in its window. Stale markers are among the samples.
   */
  List<SeriesSet> select(List<Selection> selections);
}

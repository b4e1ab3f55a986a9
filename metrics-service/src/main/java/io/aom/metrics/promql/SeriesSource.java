package io.aom.metrics.promql;

import io.aom.metrics.series.LabelMatcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /**
   * Has an aggregation evaluated by those who hold the series, each over its own.
   *
   * @param aggregate its place in the query, as {@link Engine#partial} takes it
   * @param grid the steps it is evaluated at
   * @return what each of them found; null if the series are to be selected instead
   */
  default @Nullable List<PartialAggregate> partials(int aggregate, StepGrid query, StepGrid grid) {
    return null;
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.RollupColumns;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the engine gets series from. It asks once for a query, for all its selectors together. */
public interface SeriesSource {

  /**
   * What one selector needs: samples in {@code (afterMillis, untilMillis]}.
   *
   * @param newestOnly whether the newest sample of each series will do; more does no harm
   * @param windows if stretches of a rollup will do in place of samples, what is looked at; else
   *     null
   */
  record Selection(
      List<LabelMatcher> matchers,
      long afterMillis,
      long untilMillis,
      boolean newestOnly,
      @Nullable Windows windows) {
    public Selection {
      matchers = List.copyOf(matchers);
    }

    /** A selection for which only samples will do. */
    public Selection(
        List<LabelMatcher> matchers, long afterMillis, long untilMillis, boolean newestOnly) {
      this(matchers, afterMillis, untilMillis, newestOnly, null);
    }
  }

  /**
   * The windows of time a selector is evaluated over.
   *
   * @param firstEnd end of the first one
   * @param stepMillis from the end of one to that of the next
   * @param count how many there are
   * @param rangeMillis how long each is, open on the left; 0 if the newest sample is wanted
   * @param kinds what of the stretches is wanted
   * @param growth whether only the growth of counters is wanted
   */
  record Windows(
      long firstEnd,
      long stepMillis,
      int count,
      long rangeMillis,
      Set<RollupColumns.Kind> kinds,
      boolean growth) {
    public Windows {
      kinds = Set.copyOf(kinds);
    }

    boolean sameTimes(Windows other) {
      return firstEnd == other.firstEnd
          && stepMillis == other.stepMillis
          && count == other.count
          && rangeMillis == other.rangeMillis;
    }

    /** What both want, over the same windows. */
    Windows plus(Windows other) {
      Set<RollupColumns.Kind> all = EnumSet.noneOf(RollupColumns.Kind.class);
      all.addAll(kinds);
      all.addAll(other.kinds);
      return new Windows(firstEnd, stepMillis, count, rangeMillis, all, growth && other.growth);
    }
  }

  /**
   * For each selection, in their order, every series that satisfies all its matchers and may have a
   * sample in its window. Stale markers are among the samples.
   */
  List<SeriesSet> select(List<Selection> selections);

  /**
   * Has a part of the query evaluated by those who hold the series, each over its own.
   *
   * @param place of the part in the query, as {@link Engine#partial} takes it
   * @param grid the steps it is evaluated at
   * @return what each of them found, a series in one of them only; null if the series are to be
   *     selected instead
   */
  default @Nullable List<PartialResult> partials(int place, StepGrid query, StepGrid grid) {
    return null;
  }
}

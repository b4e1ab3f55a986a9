package io.aom.metrics.query;

import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.promql.SeriesSource.Windows;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.Rollup;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a selection is read from rollups.
 *
 * @param resolution of the rollups
 * @param sampled ends of buckets that are read as samples, since windows begin or end within them
 * @param estimated whether windows begin or end within other buckets too
 */
record RollupPlan(Resolution resolution, Set<Long> sampled, boolean estimated) {
  /** Of so many windows the edges are read as samples. */
  private static final int FEW_WINDOWS = 4;

  /** Of growth, the bucket that a window begins in is estimated if it has so many others. */
  private static final int MANY_BUCKETS = 10;

  /**
   * @param fromMillis how much time is looked at before rollups are read
   * @return null if samples are to be read
   */
  static @Nullable RollupPlan of(Selection selection, Resolving wish, long fromMillis) {
    Windows windows = selection.windows();
    if (windows == null || wish == Resolving.RAW) {
      return null;
    }
    Resolution wished = wish.resolution();
    if (wished != null) {
      return of(windows, wished, true);
    }
    if (selection.untilMillis() - selection.afterMillis() < fromMillis) {
      return null;
    }
    Resolution[] all = Resolution.values();
    for (int i = all.length - 1; i >= 0; i--) {
      RollupPlan plan = of(windows, all[i], false);
      if (plan != null) {
        return plan;
      }
    }
    return null;
  }

  /**
   * @param whatever whether rollups are read even where windows begin and end anywhere
   */
  private static @Nullable RollupPlan of(Windows windows, Resolution resolution, boolean whatever) {
    long bucket = resolution.millis();
    if (windows.count() <= FEW_WINDOWS) {
      boolean gains = windows.rangeMillis() >= 2 * bucket || windows.rangeMillis() == 0;
      return gains || whatever ? new RollupPlan(resolution, edges(windows, bucket), false) : null;
    }
    boolean endsOnEdges = windows.firstEnd() % bucket == 0 && windows.stepMillis() % bucket == 0;
    long cut = windows.rangeMillis() % bucket;
    if (endsOnEdges && cut == 0) {
      return new RollupPlan(resolution, Set.of(), false);
    }
    boolean littleCut =
        endsOnEdges && windows.growth() && windows.rangeMillis() >= MANY_BUCKETS * bucket;
    return littleCut || whatever ? new RollupPlan(resolution, Set.of(), true) : null;
  }

  private static Set<Long> edges(Windows windows, long bucket) {
    Set<Long> edges = new LinkedHashSet<>();
    for (int i = 0; i < windows.count(); i++) {
      long end = windows.firstEnd() + i * windows.stepMillis();
      for (long edge : new long[] {end - windows.rangeMillis(), end}) {
        if (edge % bucket != 0) {
          edges.add(Rollup.bucketEnd(edge, bucket));
        }
      }
    }
    return edges;
  }
}

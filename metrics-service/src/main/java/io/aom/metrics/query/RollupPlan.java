package io.aom.metrics.query;

import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.promql.SeriesSource.Windows;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.Rollup;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a selection is read from rollups.
 *
 * @param resolution of the buckets in {@code sampled}
 * @param sampled ends of buckets that are read as samples, since windows begin or end within them
 * @param estimated whether windows begin or end within other buckets too
 * @param times what is read of which time, the oldest first and without gaps
 */
record RollupPlan(Resolution resolution, Set<Long> sampled, boolean estimated, List<Times> times) {

  /**
   * {@code (afterMillis, untilMillis]}.
   *
   * @param rollup what is read; null for samples alone
   */
  record Times(@Nullable Resolution rollup, long afterMillis, long untilMillis) {}

  long coarsestMillis() {
    return times.stream()
        .mapToLong(one -> one.rollup() == null ? 0 : one.rollup().millis())
        .max()
        .orElse(0);
  }

  /** Of so many windows the edges are read as samples. */
  private static final int FEW_WINDOWS = 4;

  /** Of growth, the bucket that a window begins in is estimated if it has so many others. */
  private static final int MANY_BUCKETS = 10;

  /**
   * @param fromMillis how much time is looked at before rollups are read unasked
   * @return null if samples are to be read
   */
  static @Nullable RollupPlan of(Selection selection, Resolving wish, long fromMillis, Kept kept) {
    Windows windows = selection.windows();
    if (windows == null || wish == Resolving.RAW) {
      return null;
    }
    Resolution wished = wish.resolution();
    if (wished != null) {
      return of(selection, windows, wished, true, kept);
    }
    if (selection.untilMillis() - selection.afterMillis() >= fromMillis) {
      Resolution[] all = Resolution.values();
      for (int i = all.length - 1; i >= 0; i--) {
        RollupPlan plan = of(selection, windows, all[i], false, kept);
        if (plan != null) {
          return plan;
        }
      }
    }
    return selection.afterMillis() < kept.samplesAfter(selection.afterMillis())
        ? insteadOfSamples(selection, kept)
        : null;
  }

  private static RollupPlan insteadOfSamples(Selection selection, Kept kept) {
    return new RollupPlan(
        Resolution.FIVE_MINUTES,
        Set.of(),
        true,
        finest(selection.afterMillis(), selection.untilMillis(), kept));
  }

  /** What there is of any time, at its finest: samples, before them rollups. */
  static List<Times> finest(long afterMillis, long untilMillis, Kept kept) {
    if (kept.samplesAfter(afterMillis) <= afterMillis) {
      return List.of(new Times(null, afterMillis, untilMillis));
    }
    long sampledAfter =
        Math.min(untilMillis, Rollup.bucketEnd(kept.samplesFrom(), Resolution.HOUR.millis()));
    List<Times> times =
        new ArrayList<>(times(Resolution.FIVE_MINUTES, afterMillis, sampledAfter, kept));
    times.add(new Times(null, sampledAfter, untilMillis));
    return times;
  }

  /**
   * Rollups of five minutes as far as they are kept, and before those of an hour; of either whole
   * buckets.
   */
  private static List<Times> times(
      Resolution resolution, long afterMillis, long untilMillis, Kept kept) {
    boolean finest = resolution == Resolution.FIVE_MINUTES;
    long fineAfter = finest ? firstWhole(afterMillis, kept.fiveMinutesFrom()) : untilMillis;
    long hoursAfter = firstWhole(afterMillis, kept.hoursFrom());
    List<Times> times = new ArrayList<>();
    if (fineAfter > afterMillis && hoursAfter < Math.min(fineAfter, untilMillis)) {
      times.add(new Times(Resolution.HOUR, hoursAfter, Math.min(fineAfter, untilMillis)));
    }
    if (fineAfter < untilMillis) {
      times.add(new Times(resolution, fineAfter, untilMillis));
    }
    return times;
  }

  /** Where the first hour begins that is kept wholly, if that is later. */
  private static long firstWhole(long afterMillis, long keptFromMillis) {
    return keptFromMillis <= afterMillis
        ? afterMillis
        : Rollup.bucketEnd(keptFromMillis, Resolution.HOUR.millis());
  }

  /**
   * @param whatever whether rollups are read even where windows begin and end anywhere
   */
  private static @Nullable RollupPlan of(
      Selection selection, Windows windows, Resolution resolution, boolean whatever, Kept kept) {
    long bucket = resolution.millis();
    boolean few = windows.count() <= FEW_WINDOWS;
    boolean gains = windows.rangeMillis() >= 2 * bucket || windows.rangeMillis() == 0;
    boolean endsOnEdges = windows.firstEnd() % bucket == 0 && windows.stepMillis() % bucket == 0;
    boolean onEdges = endsOnEdges && windows.rangeMillis() % bucket == 0;
    boolean littleCut =
        endsOnEdges && windows.growth() && windows.rangeMillis() >= MANY_BUCKETS * bucket;
    if (!(few && gains) && !onEdges && !littleCut && !whatever) {
      return null;
    }
    Set<Long> sampled = few ? edges(windows, bucket) : Set.of();
    List<Times> times = times(resolution, selection.afterMillis(), selection.untilMillis(), kept);
    boolean gone = sampled.stream().anyMatch(end -> end - bucket < kept.samplesFrom());
    boolean coarser = times.stream().anyMatch(one -> one.rollup() != resolution);
    boolean estimated = (!few && !onEdges) || gone || coarser;
    return new RollupPlan(resolution, sampled, estimated, times);
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

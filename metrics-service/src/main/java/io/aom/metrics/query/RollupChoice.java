package io.aom.metrics.query;

import io.aom.metrics.promql.SeriesSource.Selection;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether a query reads rollups.
 *
 * @param resolving what the asker says of them
 * @param fromMillis how much time is looked at before they are read
 * @param kept what there is
 */
record RollupChoice(Resolving resolving, long fromMillis, Kept kept) {
  /** Of what there is samples alone. */
  RollupChoice samplesOnly() {
    return new RollupChoice(Resolving.RAW, 0, kept);
  }

  /** Null if samples are to be read. */
  @Nullable RollupPlan plan(Selection selection) {
    return RollupPlan.of(selection, resolving, fromMillis, kept);
  }
}

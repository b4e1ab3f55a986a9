package io.aom.metrics.query;

import io.aom.metrics.promql.SeriesSource.Selection;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether a query reads rollups.
 *
 * @param resolving what the asker says of them
 * @param fromMillis how much time is looked at before they are read
 */
record RollupChoice(Resolving resolving, long fromMillis) {
  static final RollupChoice NONE = new RollupChoice(Resolving.RAW, 0);

  /** Null if samples are to be read. */
  @Nullable RollupPlan plan(Selection selection) {
    return RollupPlan.of(selection, resolving, fromMillis);
  }
}

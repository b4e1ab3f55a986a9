package io.aom.metrics.promql;

import java.util.ArrayList;
import java.util.List;

/**
 * What a selector, or a function of one, gives for each series, one series after the other and none
 * of them kept.
 */
interface SeriesStream {
  SeriesSet series();

  /** Whether the metric's name no longer fits what comes out. */
  boolean dropsName();

  /**
   * Evaluates one series.
   *
   * @param to where to; every place of it is empty
   * @return whether the series may be in the result at all
   */
  boolean fill(int series, StepSeries to);

  /** All of it. */
  static List<StepSeries> collect(SeriesStream stream, Evaluation evaluation, StepGrid grid) {
    SeriesSet series = stream.series();
    int steps = grid.count();
    evaluation.budget.expect(series.size(), steps);
    List<StepSeries> all = new ArrayList<>(series.size());
    StepSeries scratch = StepSeries.blank(steps);
    for (int i = 0; i < series.size(); i++) {
      if (stream.fill(i, scratch)) {
        StepSeries result = scratch.with(series.labels(i), stream.dropsName());
        evaluation.budget.series(result.labels(), steps);
        all.add(result);
        scratch = StepSeries.blank(steps);
      }
    }
    return all;
  }
}

package io.aom.metrics.promql;

import java.util.List;

/**
 * @param grid the times the value is for
 * @param warnings what may make the value wrong
 * @param infos what the author of the query may want to know
 * @param peakValues the most values of results that were held at a moment of the evaluation
 * @param sortNanos what bringing the series into order took of the evaluation
 */
public record QueryResult(
    Value value,
    StepGrid grid,
    List<String> warnings,
    List<String> infos,
    long peakValues,
    long sortNanos) {
  public QueryResult {
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }

  /** The same with other infos. */
  public QueryResult withInfos(List<String> others) {
    return new QueryResult(value, grid, warnings, others, peakValues, sortNanos);
  }
}

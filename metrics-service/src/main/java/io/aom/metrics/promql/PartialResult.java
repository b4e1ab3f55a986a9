package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.util.List;

/**
 * What a part of a query gives over some of the series it is about. Of an aggregation it is for
 * each group the columns of a {@link Fold}, to be merged with those of the others; else it is for
 * each series one column, its values.
 *
 * @param ofSeries whether the groups are single series
 * @param groups no two alike
 * @param columns by group and column, a value for each step
 * @param remarks on this part
 */
public record PartialResult(
    boolean ofSeries, List<Labels> groups, List<double[][]> columns, List<Remark> remarks) {
  public PartialResult {
    groups = List.copyOf(groups);
    columns = List.copyOf(columns);
    remarks = List.copyOf(remarks);
  }

  /**
   * What the answer is to say besides.
   *
   * @param warning whether it is a warning; else an info
   * @param start where in the query's text that begins which it is about
   * @param end where that ends
   * @param count how often it came up, where the remark says so
   */
  public record Remark(boolean warning, String text, int start, int end, int count) {}
}

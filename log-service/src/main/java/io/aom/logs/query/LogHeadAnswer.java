package io.aom.logs.query;

import io.aom.logs.row.LogRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one partition's head holds of an answer.
 *
 * @param rows the first of the matching rows, in order
 * @param matched how many rows match
 * @param histogram the same by time and severity, if asked for
 */
public record LogHeadAnswer(List<LogRow> rows, long matched, @Nullable Histogram histogram) {
  public LogHeadAnswer {
    rows = List.copyOf(rows);
  }
}

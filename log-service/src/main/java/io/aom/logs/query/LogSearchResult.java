package io.aom.logs.query;

import io.aom.blockstore.Freshness;
import io.aom.logs.row.LogRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer to a search.
 *
 * @param rows matching rows, in order
 * @param total how many rows match in the whole window
 * @param more whether rows may follow the last one
 * @param histogram matching rows by time and severity, if asked for
 * @param freshness of each partition that answered
 * @param completeUntilMillis epoch milliseconds: everything acknowledged until then is in the
 *     answer; 0 if not known
 * @param missing why the answer may lack rows; empty if it lacks none
 */
public record LogSearchResult(
    List<LogRow> rows,
    Total total,
    boolean more,
    @Nullable Histogram histogram,
    List<Freshness> freshness,
    long completeUntilMillis,
    List<String> missing) {

  /**
   * How many rows match.
   *
   * @param reason why the value is a lower bound; empty if it is exact
   */
  public record Total(long value, String reason) {
    public boolean exact() {
      return reason.isEmpty();
    }
  }

  public LogSearchResult {
    rows = List.copyOf(rows);
    freshness = List.copyOf(freshness);
    missing = List.copyOf(missing);
  }
}

package io.aom.metrics.cardinality;

import io.aom.blockstore.PartitionQuery;
import io.aom.metrics.overflow.FoldedLabel;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.TenantId;
import java.util.List;
import java.util.Map;

/** Lets fuzzing reach the question of how many series a member has. */
public final class CountPeerQueries {
  /** Its codec needs neither blocks nor memory. */
  private static final SeriesCountsQuery COUNTS = new SeriesCountsQuery(null, null);

  private CountPeerQueries() {}

  /** The query. */
  public static PartitionQuery<?, ?, ?> query() {
    return COUNTS;
  }

  /** A question and an answer of it. */
  public static List<byte[]> examples() {
    SeriesCounts counts = new SeriesCounts();
    counts.add(Labels.of("__name__", "up", "job", "a"));
    counts.add(Labels.of("__name__", "up"));
    return List.of(
        COUNTS.encodeQuestion(COUNTS.ask(new TenantId("acme"), "up", 1, 2, -3, -2)),
        COUNTS.encodeAnswer(
            new SeriesCountsQuery.PartitionCounts(
                counts,
                3,
                5,
                9,
                List.of(new FoldedLabel("up", "path", 50, 7, "job=a", 6)),
                Map.of("up", 2L),
                List.of("stored data"),
                true)));
  }
}

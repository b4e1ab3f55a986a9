package io.aom.metrics.cardinality;

import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.HeadQuery;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Heads.Consistency;
import io.aom.metrics.cardinality.SeriesCountsQuery.HeadCounts;
import io.aom.metrics.head.MetricsSegment;
import io.aom.telemetry.TenantId;
import java.util.List;

/** Counts series. Safe for concurrent use. */
public final class Cardinality {
  private static final SeriesCountsQuery COUNTS = new SeriesCountsQuery();

  /** What members must be able to ask one another. */
  public static final List<HeadQuery<MetricsSegment, ?, ?>> HEAD_QUERIES = List.of(COUNTS);

  private final Heads<MetricsSegment> heads;

  public Cardinality(Heads<MetricsSegment> heads) {
    this.heads = heads;
  }

  /**
   * The series that heads hold, which are those with samples in the last half hour or so.
   *
   * @param chunks runs of samples in memory
   * @param firstMillis time of the earliest sample in memory; {@link Long#MAX_VALUE} if none is
   * @param lastMillis time of the newest; {@link Long#MIN_VALUE} if none is
   * @param unreachable partitions that could not be asked
   */
  public record Active(
      SeriesCounts counts,
      long chunks,
      long firstMillis,
      long lastMillis,
      List<Integer> unreachable,
      long completeUntilMillis) {}

  public Active active(TenantId tenant) {
    HeadAnswers<HeadCounts> answers = heads.ask(COUNTS, tenant, Consistency.EVENTUAL);
    SeriesCounts all = new SeriesCounts();
    long chunks = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (HeadCounts one : answers.results()) {
      all.add(one.counts());
      chunks += one.chunks();
      first = Math.min(first, one.firstMillis());
      last = Math.max(last, one.lastMillis());
    }
    return new Active(
        all, chunks, first, last, answers.unreachable(), answers.completeUntilMillis());
  }
}

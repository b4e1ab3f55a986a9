package io.aom.metrics.cardinality;

import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.HeadQuery;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.Held;
import io.aom.blockstore.TermExpression;
import io.aom.metrics.block.BlockLabels;
import io.aom.metrics.cardinality.SeriesCountsQuery.HeadCounts;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.overflow.FoldedLabel;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts series. Safe for concurrent use. */
public final class Cardinality {
  private static final SeriesCountsQuery COUNTS = new SeriesCountsQuery();
  private static final Comparator<FoldedLabel> MOST_FOLDED =
      Comparator.comparingLong(FoldedLabel::foldedSeries)
          .reversed()
          .thenComparing(FoldedLabel::metric)
          .thenComparing(FoldedLabel::label);

  private static final int MAX_SERIES = 1_000_000;

  /** What members must be able to ask one another. */
  public static final List<HeadQuery<MetricsSegment, ?, ?>> HEAD_QUERIES = List.of(COUNTS);

  private final Heads<MetricsSegment> heads;
  private final BlockReader blocks;

  public Cardinality(Heads<MetricsSegment> heads, BlockReader blocks) {
    this.heads = heads;
    this.blocks = blocks;
  }

  /**
   * The series that heads hold, which are those with samples in the last half hour or so.
   *
   * @param chunks runs of samples in memory
   * @param firstMillis time of the earliest sample in memory; {@link Long#MAX_VALUE} if none is
   * @param lastMillis time of the newest; {@link Long#MIN_VALUE} if none is
   * @param folded labels with too many values, those with most folded series first
   * @param missing which counts may be too low, in words; empty if none
   */
  public record Active(
      SeriesCounts counts,
      long chunks,
      long firstMillis,
      long lastMillis,
      List<FoldedLabel> folded,
      List<String> missing,
      long completeUntilMillis) {}

  /**
   * @param metric the only one whose series count; empty for all
   */
  public Active active(TenantId tenant, String metric) {
    HeadAnswers<HeadCounts> answers =
        heads.ask(COUNTS, new SeriesCountsQuery.Question(tenant, metric), Consistency.EVENTUAL);
    SeriesCounts all = new SeriesCounts();
    Map<List<String>, FoldedLabel> folded = new HashMap<>();
    long chunks = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (HeadCounts one : answers.results()) {
      all.add(one.counts());
      chunks += one.chunks();
      first = Math.min(first, one.firstMillis());
      last = Math.max(last, one.lastMillis());
      for (FoldedLabel label : one.folded()) {
        folded.merge(List.of(label.metric(), label.label()), label, FoldedLabel::plus);
      }
    }
    return new Active(
        all,
        chunks,
        first,
        last,
        folded.values().stream().sorted(MOST_FOLDED).toList(),
        answers.missing(),
        answers.completeUntilMillis());
  }

  /**
   * How many series each metric had in blocks that hold samples of {@code [startMillis,
   * endMillis)}.
   *
   * @throws RejectedException with 422 if they are more than a million
   */
  public Map<String, Long> seriesByMetric(TenantId tenant, long startMillis, long endMillis) {
    Set<Labels> seen = new HashSet<>();
    Map<String, Long> counts = new HashMap<>();
    BlockLabels.forEach(
        blocks,
        new BlockQuery(tenant, startMillis, endMillis, TermExpression.ALL, Held.NOTHING, false),
        labels -> {
          if (seen.add(labels)) {
            counts.merge(labels.metricName(), 1L, Long::sum);
            if (seen.size() > MAX_SERIES) {
              throw new RejectedException(
                  Problem.UNPROCESSABLE,
                  "series: more than " + MAX_SERIES + " (expected: fewer, to compare them)");
            }
          }
        });
    return counts;
  }
}

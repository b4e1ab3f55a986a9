package io.aom.metrics.cardinality;

import io.aom.blockstore.BlockReader;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.PartitionQuery;
import io.aom.metrics.cardinality.SeriesCountsQuery.PartitionCounts;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.overflow.FoldedLabel;
import io.aom.metrics.promql.QueryMemory;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts series. Safe for concurrent use. */
public final class Cardinality {
  private static final Comparator<FoldedLabel> MOST_FOLDED =
      Comparator.comparingLong(FoldedLabel::foldedSeries)
          .reversed()
          .thenComparing(FoldedLabel::metric)
          .thenComparing(FoldedLabel::label);

  /** How far back a series counts; heads alone hold less, after a start hardly anything. */
  private static final Duration SPAN = Duration.ofMinutes(30);

  /** When the same span is compared with. */
  private static final Duration AGO = Duration.ofHours(1);

  /** Samples may be from the future. */
  private static final Duration AHEAD = Duration.ofDays(1);

  private final Heads<MetricsSegment> heads;
  private final SeriesCountsQuery counts;

  /**
   * @param memory what queries may hold, of which label sets that are counted here are a part
   */
  public Cardinality(Heads<MetricsSegment> heads, BlockReader blocks, QueryMemory memory) {
    this.heads = heads;
    this.counts = new SeriesCountsQuery(blocks, memory);
  }

  /** What members must be able to ask one another. */
  public PartitionQuery<MetricsSegment, ?, ?> counts() {
    return counts;
  }

  /**
   * The series with samples in the last half hour, as far as the times of a part of a block tell,
   * and those that heads hold besides.
   *
   * @param chunks runs of samples
   * @param firstMillis time of the earliest sample looked at; {@link Long#MAX_VALUE} if none is
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
   * The same, and what it is compared with.
   *
   * @param anHourAgo how many series each metric had in the same span an hour ago; null if blocks
   *     could not be read
   * @param storeAway whether OpenSearch gave no answer: who asks it for something else now would
   *     wait in vain
   */
  public record Growth(Active active, @Nullable Map<String, Long> anHourAgo, boolean storeAway) {}

  /** As {@link #growth}, without what it is compared with. */
  public Active active(TenantId tenant, Instant now) {
    return ask(tenant, "", now, now, now).active();
  }

  /**
   * Counts series, and those of the same span an hour ago.
   *
   * @param metric the only one whose series count; empty for all
   * @throws io.aom.telemetry.RejectedException with 422 if the label sets of one partition take
   *     more than a query may hold, with 503 if all queries together hold too much
   */
  public Growth growth(TenantId tenant, String metric, Instant now) {
    Instant earlier = now.minus(AGO);
    return ask(tenant, metric, now, earlier.minus(SPAN), earlier);
  }

  private Growth ask(
      TenantId tenant, String metric, Instant now, Instant earlierFrom, Instant earlierUntil) {
    HeadAnswers<PartitionCounts> answers =
        heads.ask(
            counts,
            counts.ask(
                tenant,
                metric,
                now.minus(SPAN).toEpochMilli(),
                now.plus(AHEAD).toEpochMilli(),
                earlierFrom.toEpochMilli(),
                earlierUntil.toEpochMilli()),
            Consistency.EVENTUAL);
    SeriesCounts all = new SeriesCounts();
    Map<List<String>, FoldedLabel> folded = new HashMap<>();
    Map<String, Long> earlier = new HashMap<>();
    Set<String> missing = new LinkedHashSet<>(answers.missing());
    boolean blocksRead = true;
    boolean storeAway = false;
    long chunks = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (PartitionCounts one : answers.results()) {
      all.add(one.counts());
      chunks += one.chunks();
      first = Math.min(first, one.firstMillis());
      last = Math.max(last, one.lastMillis());
      one.earlier().forEach((name, series) -> earlier.merge(name, series, Long::sum));
      blocksRead &= one.missing().isEmpty();
      storeAway |= one.storeAway();
      missing.addAll(one.missing());
      for (FoldedLabel label : one.folded()) {
        folded.merge(List.of(label.metric(), label.label()), label, FoldedLabel::plus);
      }
    }
    Active active =
        new Active(
            all,
            chunks,
            first,
            last,
            folded.values().stream().sorted(MOST_FOLDED).toList(),
            List.copyOf(missing),
            answers.completeUntilMillis());
    return new Growth(active, blocksRead ? earlier : null, storeAway);
  }
}

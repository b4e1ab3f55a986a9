package io.aom.metrics.cardinality.web;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics, labels and values have how many series; of each list a page.
 *
 * @param series with samples in the last half hour or so
 * @param pairsLeftOut label pairs of one series each that there was no room for; counts of values
 *     are too low by them
 * @param grown metrics with more series than an hour ago, those that grew most first; null if that
 *     cannot be told
 * @param unqueried metrics that nobody has queried, those with most series first; null if that
 *     cannot be told
 * @param folded labels with too many values, those with most folded series first
 * @param partial whether some partitions could not be asked, or not all be read, or it could not be
 *     read when metrics were queried; {@code missing} says which
 * @param missing which counts may be too low, and what cannot be told, in words
 * @param cursor for the next entries of each list; null if none has more
 */
record CardinalityResponse(
    long series,
    long pairs,
    long pairsLeftOut,
    List<Metric> metrics,
    List<Label> labels,
    List<Pair> labelPairs,
    @Nullable List<Grown> grown,
    @Nullable Unqueried unqueried,
    List<Folded> folded,
    boolean partial,
    List<String> missing,
    Freshness freshness,
    @Nullable String cursor) {

  /**
   * @param lastQueried UTC day; null if no query is known of in the last 30 days
   */
  record Metric(String metric, long series, @Nullable LocalDate lastQueried) {}

  record Label(String label, long values) {}

  /**
   * @param pair {@code label=value}
   */
  record Pair(String pair, long series) {}

  record Grown(String metric, long series, long seriesAnHourAgo) {}

  /**
   * @param since nobody has queried these since then: 30 days ago, or since queries are noted
   * @param total how many such metrics there are
   */
  record Unqueried(Instant since, int total, List<Metric> metrics) {}

  /**
   * A label whose new values have no series of their own, but share those with the value {@code
   * __overflow__}.
   *
   * @param values that have series of their own
   * @param foldedSeries that were folded since it began
   * @param resource that sent most of these, at least {@code resourceSeries} of them; few where
   *     many senders are alike
   */
  record Folded(
      String metric,
      String label,
      long values,
      long foldedSeries,
      String resource,
      long resourceSeries) {}

  /**
   * @param completeUntil everything acknowledged by then is counted; null if that is not known
   */
  record Freshness(@Nullable Instant completeUntil) {}
}

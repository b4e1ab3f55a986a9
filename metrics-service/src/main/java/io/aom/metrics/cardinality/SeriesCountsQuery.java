package io.aom.metrics.cardinality;

import io.aom.blockstore.HeadQuery;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.overflow.FoldedLabel;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts the series in heads. A series lies in one partition, so counts of several add up. Beyond
 * {@link #MAX_PAIRS} pairs a partition names only pairs of more than one series.
 */
final class SeriesCountsQuery
    implements HeadQuery<MetricsSegment, SeriesCountsQuery.Question, SeriesCountsQuery.HeadCounts> {
  static final int MAX_PAIRS = 200_000;

  /**
   * @param metric the only one whose series count; empty for all
   */
  record Question(TenantId tenant, String metric) {}

  /**
   * @param chunks runs of samples, one for each series of each segment
   * @param firstMillis time of the earliest sample; {@link Long#MAX_VALUE} if there is none
   * @param lastMillis time of the newest sample; {@link Long#MIN_VALUE} if there is none
   * @param folded labels with too many values
   */
  record HeadCounts(
      SeriesCounts counts,
      long chunks,
      long firstMillis,
      long lastMillis,
      List<FoldedLabel> folded) {}

  @Override
  public String name() {
    return "series-counts";
  }

  @Override
  public HeadCounts run(Question question, List<MetricsSegment> segments) {
    TenantId tenant = question.tenant();
    List<LabelMatcher> matchers =
        question.metric().isEmpty()
            ? List.of()
            : List.of(LabelMatcher.equal(Labels.NAME, question.metric()));
    Set<Labels> series = new HashSet<>();
    long chunks = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (MetricsSegment segment : segments) {
      List<Labels> some = segment.selectLabels(tenant, matchers);
      series.addAll(some);
      chunks += some.size();
      first = Math.min(first, segment.firstMillis(tenant));
      last = Math.max(last, segment.lastMillis(tenant));
    }
    SeriesCounts counts = new SeriesCounts();
    counts.add(series);
    // What is told goes on from segment to segment, so that the newest knows all.
    List<FoldedLabel> folded = segments.isEmpty() ? List.of() : segments.getLast().folded(tenant);
    return new HeadCounts(
        counts,
        chunks,
        first,
        last,
        folded.stream()
            .filter(one -> question.metric().isEmpty() || one.metric().equals(question.metric()))
            .toList());
  }

  @Override
  public byte[] encodeQuestion(Question question) {
    ProtoWriter out = new ProtoWriter(64);
    return out.string(1, question.tenant().value()).string(2, question.metric()).toByteArray();
  }

  @Override
  public Question decodeQuestion(byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    String tenant = "";
    String metric = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> tenant = in.string();
        case 2 -> metric = in.string();
        default -> in.skip();
      }
    }
    return new Question(new TenantId(tenant), metric);
  }

  @Override
  public byte[] encodeAnswer(HeadCounts answer) {
    SeriesCounts counts = answer.counts();
    long least = counts.pairs() > MAX_PAIRS ? 2 : 1;
    long[] leftOut = {counts.leftOut()};
    ProtoWriter out = new ProtoWriter(4096);
    out.varint(1, counts.series()).varint(2, answer.chunks());
    out.sint(3, answer.firstMillis());
    out.sint(4, answer.lastMillis());
    counts
        .byNameAndValue()
        .forEach(
            (name, values) -> {
              int begun = out.begin(5);
              out.string(1, name);
              for (Map.Entry<String, Long> value : values.entrySet()) {
                if (value.getValue() >= least) {
                  int pair = out.begin(2);
                  out.string(1, value.getKey()).varint(2, value.getValue());
                  out.end(pair);
                } else {
                  leftOut[0]++;
                }
              }
              out.end(begun);
            });
    for (FoldedLabel one : answer.folded()) {
      int begun = out.begin(7);
      out.string(1, one.metric()).string(2, one.label());
      out.varint(3, one.values()).varint(4, one.foldedSeries());
      out.string(5, one.resource()).varint(6, one.resourceSeries());
      out.end(begun);
    }
    return out.varint(6, leftOut[0]).toByteArray();
  }

  @Override
  public HeadCounts decodeAnswer(Question question, byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    SeriesCounts counts = new SeriesCounts();
    List<FoldedLabel> folded = new ArrayList<>();
    long chunks = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> counts.addSeries(in.int64());
        case 2 -> chunks = in.int64();
        case 3 -> first = in.sint64();
        case 4 -> last = in.sint64();
        case 5 -> readName(in, counts);
        case 6 -> counts.addLeftOut(in.int64());
        case 7 -> folded.add(readFolded(in));
        default -> in.skip();
      }
    }
    return new HeadCounts(counts, chunks, first, last, folded);
  }

  private static FoldedLabel readFolded(ProtoReader in) {
    String metric = "";
    String label = "";
    String resource = "";
    long values = 0;
    long foldedSeries = 0;
    long resourceSeries = 0;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> metric = in.string();
        case 2 -> label = in.string();
        case 3 -> values = in.int64();
        case 4 -> foldedSeries = in.int64();
        case 5 -> resource = in.string();
        case 6 -> resourceSeries = in.int64();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new FoldedLabel(metric, label, values, foldedSeries, resource, resourceSeries);
  }

  private static void readName(ProtoReader in, SeriesCounts to) {
    String name = "";
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string();
        case 2 -> readPair(in, name, to);
        default -> in.skip();
      }
    }
    in.leave(outer);
  }

  private static void readPair(ProtoReader in, String name, SeriesCounts to) {
    String value = "";
    long count = 0;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> value = in.string();
        case 2 -> count = in.int64();
        default -> in.skip();
      }
    }
    in.leave(outer);
    to.add(name, value, count);
  }
}

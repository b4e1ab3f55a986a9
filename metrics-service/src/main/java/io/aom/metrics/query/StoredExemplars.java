package io.aom.metrics.query;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.Held;
import io.aom.blockstore.TermExpression;
import io.aom.metrics.block.BlockTerms;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.Expr;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SeriesExemplars;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds exemplars in heads and blocks, for one question. Used by one thread. */
final class StoredExemplars {
  static final ExemplarsQuery HEAD = new ExemplarsQuery();

  /** A part is found by its samples; an exemplar may be older than the sample it came with. */
  private static final long SLACK_MILLIS = Duration.ofMinutes(5).toMillis();

  private static final int FETCH_PARTS = 128;

  /** Of whole parts, of which samples, most of them, are not fetched. */
  private static final long FETCH_BYTES = 64L << 20;

  private static final int MAX_EXEMPLARS = 100_000;

  private final Heads<MetricsSegment> heads;
  private final AvailableBlocks blocks;
  private final Kept kept;
  private final Deadline deadline;

  /**
   * @param kept what is answered
   * @param deadline looked at before each step
   */
  StoredExemplars(Heads<MetricsSegment> heads, BlockReader blocks, Kept kept, Deadline deadline) {
    this.kept = kept;
    this.deadline = deadline;
    this.heads = heads;
    this.blocks = new AvailableBlocks(blocks);
  }

  /** By series, in the order of their labels; each series' in the order of time. */
  Answer<List<SeriesExemplars>> find(TenantId tenant, Expr expr, long fromMillis, long endMillis) {
    long startMillis = Math.max(fromMillis, kept.samplesFrom());
    List<List<LabelMatcher>> selectors = selectors(expr);
    if (selectors.isEmpty()) {
      return new Answer<>(List.of(), List.of(), Long.MAX_VALUE);
    }
    HeadAnswers<List<SeriesExemplars>> answers =
        heads.ask(
            HEAD,
            new ExemplarsQuery.Question(tenant, selectors, startMillis, endMillis),
            Consistency.EVENTUAL);
    Found found = new Found(startMillis, endMillis, kept.cutsAfter(startMillis - 1));
    List<FoundPart> parts = parts(tenant, selectors, startMillis, endMillis, answers.held());
    for (List<FoundPart> some : FoundPart.batches(parts, FETCH_PARTS, FETCH_BYTES)) {
      deadline.check();
      blocks
          .fetch(some, List.of(MetricsBlockFormat.LABELS, MetricsBlockFormat.EXEMPLARS))
          .values()
          .forEach(
              columns -> {
                deadline.check();
                found.add(columns, selectors);
              });
    }
    answers
        .results()
        .forEach(result -> result.forEach(one -> found.add(one.labels(), one.exemplars())));
    return new Answer<>(found.series(), blocks.missing(answers), answers.completeUntilMillis());
  }

  private List<FoundPart> parts(
      TenantId tenant,
      List<List<LabelMatcher>> selectors,
      long startMillis,
      long endMillis,
      Held held) {
    TermExpression marked = new TermExpression.Term(BlockTerms.HAS_EXEMPLARS);
    TermExpression any = BlockTerms.anyOf(selectors);
    TermExpression terms =
        any instanceof TermExpression.All ? marked : new TermExpression.And(List.of(marked, any));
    return blocks.find(
        new BlockQuery(
            tenant, startMillis - SLACK_MILLIS, endMillis + SLACK_MILLIS, terms, held, false));
  }

  /** Each once: an expression may repeat them as often as its text is long. */
  private static List<List<LabelMatcher>> selectors(Expr expr) {
    Set<List<LabelMatcher>> selectors = new LinkedHashSet<>();
    for (Expr part : Expr.parts(expr)) {
      switch (part) {
        case Expr.VectorSelector selector -> selectors.add(selector.matchers());
        case Expr.MatrixSelector matrix -> selectors.add(matrix.selector().matchers());
        default -> {}
      }
    }
    return List.copyOf(selectors);
  }

  /** Exemplars by series, each once. */
  private static final class Found {
    private final Map<Labels, Set<Exemplar>> bySeries = new TreeMap<>();
    private final long startMillis;
    private final long endMillis;
    private final SeriesCuts cuts;
    private int count;

    Found(long startMillis, long endMillis, SeriesCuts cuts) {
      this.cuts = cuts;
      this.startMillis = startMillis;
      this.endMillis = endMillis;
    }

    void add(Map<String, byte[]> columns, List<List<LabelMatcher>> selectors) {
      byte[] labelColumn = columns.get(MetricsBlockFormat.LABELS);
      byte[] exemplarColumn = columns.get(MetricsBlockFormat.EXEMPLARS);
      if (labelColumn == null || exemplarColumn == null) {
        throw new IllegalStateException("block part without its columns: " + columns.keySet());
      }
      List<List<Exemplar>> exemplars = ExemplarsColumn.decode(exemplarColumn);
      List<Labels> labels = LabelsColumn.decode(labelColumn);
      for (int i = 0; i < labels.size(); i++) {
        Labels series = labels.get(i);
        if (!exemplars.get(i).isEmpty()
            && selectors.stream().anyMatch(one -> LabelMatcher.allMatch(one, series::get))) {
          add(series, exemplars.get(i));
        }
      }
    }

    void add(Labels series, List<Exemplar> exemplars) {
      long from = Math.max(startMillis, cuts.fromMillis(series));
      for (Exemplar exemplar : exemplars) {
        boolean within = exemplar.timeMillis() >= from && exemplar.timeMillis() <= endMillis;
        if (within
            && bySeries.computeIfAbsent(series, s -> new LinkedHashSet<>()).add(exemplar)
            && ++count > MAX_EXEMPLARS) {
          throw new RejectedException(
              Problem.UNPROCESSABLE,
              "exemplars: more than "
                  + MAX_EXEMPLARS
                  + " (expected: a narrower query or time range)");
        }
      }
    }

    List<SeriesExemplars> series() {
      List<SeriesExemplars> all = new ArrayList<>(bySeries.size());
      bySeries.forEach(
          (labels, exemplars) ->
              all.add(
                  new SeriesExemplars(
                      labels,
                      exemplars.stream()
                          .sorted(Comparator.comparingLong(Exemplar::timeMillis))
                          .toList())));
      return all;
    }
  }
}

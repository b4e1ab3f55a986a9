package io.aom.metrics.query;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.blockstore.PartitionHead;
import io.aom.metrics.block.BlockTerms;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.chunk.PackPart;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.PartialAggregate;
import io.aom.metrics.promql.Patience;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.promql.SeriesSet;
import io.aom.metrics.promql.SeriesSource;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SeriesPart;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What one query sees: heads first, then the blocks that hold what the heads no longer do, so that
 * no sample is missed or seen twice while its block moves. Used by one thread.
 */
final class StoredSeries implements SeriesSource {
  /** Parts whose columns are fetched at a time. */
  private static final int FETCH_PARTS = 48;

  static final SelectQuery SELECT = new SelectQuery();

  /** Older blocks first, so that the later write wins. */
  static final Comparator<FoundPart> BY_OFFSET =
      Comparator.comparingInt(FoundPart::partition).thenComparingLong(FoundPart::firstOffset);

  private final Function<SelectQuery.Question, HeadAnswers<SelectQuery.Found>> heads;
  private final UnaryOperator<BlockQuery> scope;
  private final AvailableBlocks blocks;
  private final TenantId tenant;
  private final Others others;
  private final long maxSamples;
  private final int maxSeries;
  private final Patience patience;
  private final QueryMemory.Account memory;
  private final Consumer<String> used;
  private final SampleAllowance allowance;
  private final Set<String> missing = new LinkedHashSet<>();
  private long completeUntilMillis = Long.MAX_VALUE;
  private long readNanos;
  private long heldBytes;

  /** Has aggregations evaluated where the series are. */
  @FunctionalInterface
  interface Others {
    Others NONE = (aggregate, query, grid) -> null;

    /** Null if nobody but this member has any series. */
    @Nullable HeadAnswers<AggregateQuery.Answer> ask(int aggregate, StepGrid query, StepGrid grid);
  }

  /**
   * All partitions.
   *
   * @param others who may evaluate parts of the query
   * @param used gets the names of the metrics that are read
   */
  StoredSeries(
      Heads<MetricsSegment> heads,
      BlockReader blocks,
      TenantId tenant,
      Heads.Consistency consistency,
      Others others,
      QueryProperties properties,
      Patience patience,
      QueryMemory.Account memory,
      Consumer<String> used) {
    this(
        question -> heads.ask(SELECT, question, consistency),
        UnaryOperator.identity(),
        blocks,
        tenant,
        others,
        properties,
        patience,
        memory,
        used);
  }

  /** One partition alone. */
  StoredSeries(
      PartitionHead<MetricsSegment> head,
      BlockReader blocks,
      TenantId tenant,
      QueryProperties properties,
      Patience patience,
      QueryMemory.Account memory,
      Consumer<String> used) {
    this(
        question ->
            new HeadAnswers<>(
                List.of(
                    new HeadAnswers.PartitionAnswer<>(
                        head.partition(),
                        head.heldFrom(),
                        head.freshness(),
                        SELECT.run(question, head))),
                List.of()),
        query -> query.of(head.partition()),
        blocks,
        tenant,
        Others.NONE,
        properties,
        patience,
        memory,
        used);
  }

  private StoredSeries(
      Function<SelectQuery.Question, HeadAnswers<SelectQuery.Found>> heads,
      UnaryOperator<BlockQuery> scope,
      BlockReader blocks,
      TenantId tenant,
      Others others,
      QueryProperties properties,
      Patience patience,
      QueryMemory.Account memory,
      Consumer<String> used) {
    this.heads = heads;
    this.scope = scope;
    this.blocks = new AvailableBlocks(blocks);
    this.tenant = tenant;
    this.others = others;
    this.maxSamples = properties.maxSamples();
    this.maxSeries = properties.maxSeries();
    this.patience = patience;
    this.memory = memory;
    this.used = used;
    this.allowance = new SampleAllowance(properties.maxSamples());
  }

  @Override
  public List<SeriesSet> select(List<Selection> selections) {
    long began = System.nanoTime();
    HeadAnswers<SelectQuery.Found> answers =
        heads.apply(new SelectQuery.Question(tenant, selections, maxSamples, maxSeries));
    note(answers);
    List<SeriesSet> result = new ArrayList<>(selections.size());
    for (int i = 0; i < selections.size(); i++) {
      SelectedSeries series = new SelectedSeries(allowance::take);
      hold(series.sizeBytes());
      fromBlocks(selections.get(i), answers.heldFrom(), series);
      for (SelectQuery.Found answer : answers.results()) {
        for (SeriesPart part : answer.parts().get(i)) {
          add(part, series);
        }
      }
      noteUse(selections.get(i), series);
      result.add(series);
    }
    readNanos += System.nanoTime() - began;
    return result;
  }

  private void note(HeadAnswers<?> answers) {
    missing.addAll(answers.missing());
    completeUntilMillis = Math.min(completeUntilMillis, answers.completeUntilMillis());
  }

  @Override
  public @Nullable List<PartialAggregate> partials(int aggregate, StepGrid query, StepGrid grid) {
    long began = System.nanoTime();
    HeadAnswers<AggregateQuery.Answer> answers = others.ask(aggregate, query, grid);
    if (answers == null) {
      return null;
    }
    List<PartialAggregate> partials = new ArrayList<>();
    for (AggregateQuery.Answer answer : answers.results()) {
      PartialAggregate partial = answer.partial();
      if (partial == null) {
        return null;
      }
      partials.add(partial);
      allowance.take(answer.samplesRead());
      hold(AggregateQuery.sizeBytes(partial));
      missing.addAll(answer.missing());
    }
    note(answers);
    readNanos += System.nanoTime() - began;
    return partials;
  }

  private void add(SeriesPart part, SelectedSeries to) {
    patience.check();
    long before = to.sizeBytes();
    to.add(part);
    SampleAllowance.checkSeries(to.size(), maxSeries);
    hold(to.sizeBytes() - before);
  }

  private void hold(long bytes) {
    memory.hold(bytes);
    heldBytes += bytes;
  }

  /** Says that nobody asks for the series that were selected any more. */
  void forget() {
    memory.release(heldBytes);
    heldBytes = 0;
  }

  /** The metric that a selector names, or else those that it found. */
  private void noteUse(Selection selection, SelectedSeries series) {
    for (LabelMatcher matcher : selection.matchers()) {
      if (matcher.name().equals(Labels.NAME) && matcher.kind() == LabelMatcher.Kind.EQUAL) {
        if (series.size() > 0) {
          used.accept(matcher.value());
        }
        return;
      }
    }
    series
        .group(List.of(Labels.NAME), false)
        .labels()
        .forEach(metric -> used.accept(metric.metricName()));
  }

  /** How long reading took so far. */
  long readNanos() {
    return readNanos;
  }

  /** Samples that were read so far. */
  long samplesRead() {
    return allowance.taken();
  }

  private void fromBlocks(Selection selection, Map<Integer, Long> heldFrom, SelectedSeries series) {
    if (selection.untilMillis() <= selection.afterMillis()) {
      return;
    }
    List<FoundPart> found =
        new ArrayList<>(
            blocks.find(
                scope.apply(
                    new BlockQuery(
                        tenant,
                        selection.afterMillis() + 1,
                        selection.untilMillis() + 1,
                        BlockTerms.expression(selection.matchers()),
                        heldFrom,
                        false))));
    found.sort(BY_OFFSET);
    for (int from = 0; from < found.size(); from += FETCH_PARTS) {
      patience.check();
      List<FoundPart> some = found.subList(from, Math.min(found.size(), from + FETCH_PARTS));
      Map<FoundPart, Map<String, byte[]>> columns =
          blocks.fetch(some, List.of(MetricsBlockFormat.LABELS, MetricsBlockFormat.SAMPLES));
      for (FoundPart one : some) {
        Map<String, byte[]> read = columns.get(one);
        if (read != null) { // Otherwise it cannot be read, and the answer says so.
          add(part(read, selection), series);
        }
      }
    }
  }

  private static SeriesPart part(Map<String, byte[]> columns, Selection selection) {
    byte[] labels = columns.get(MetricsBlockFormat.LABELS);
    byte[] samples = columns.get(MetricsBlockFormat.SAMPLES);
    if (labels == null || samples == null) {
      throw new IllegalStateException("block part without its columns: " + columns.keySet());
    }
    return new PackPart(
        labels, samples, selection.matchers(), selection.afterMillis(), selection.untilMillis());
  }

  static boolean matches(Labels labels, List<LabelMatcher> matchers) {
    for (LabelMatcher matcher : matchers) {
      if (!matcher.matches(labels.get(matcher.name()))) {
        return false;
      }
    }
    return true;
  }

  /** What may be missing, in words; empty if nothing. */
  List<String> missing() {
    Set<String> all = new LinkedHashSet<>(missing);
    all.addAll(blocks.missing());
    return List.copyOf(all);
  }

  /** Everything that had been acknowledged then is in the answer; 0 if not known. */
  long completeUntilMillis() {
    return completeUntilMillis;
  }
}

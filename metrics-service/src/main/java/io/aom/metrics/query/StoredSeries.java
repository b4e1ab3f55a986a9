package io.aom.metrics.query;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.metrics.block.BlockTerms;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.chunk.PackPart;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.Patience;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.promql.SeriesSet;
import io.aom.metrics.promql.SeriesSource;
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

  private final Heads<MetricsSegment> heads;
  private final AvailableBlocks blocks;
  private final TenantId tenant;
  private final Heads.Consistency consistency;
  private final long maxSamples;
  private final int maxSeries;
  private final Patience patience;
  private final QueryMemory.Account memory;
  private final Consumer<String> used;
  private final SampleAllowance allowance;
  private final Set<String> headsMissing = new LinkedHashSet<>();
  private long completeUntilMillis = Long.MAX_VALUE;
  private long readNanos;
  private long heldBytes;

  /**
   * @param used gets the names of the metrics that are read
   */
  StoredSeries(
      Heads<MetricsSegment> heads,
      BlockReader blocks,
      TenantId tenant,
      Heads.Consistency consistency,
      QueryProperties properties,
      Patience patience,
      QueryMemory.Account memory,
      Consumer<String> used) {
    this.heads = heads;
    this.blocks = new AvailableBlocks(blocks);
    this.tenant = tenant;
    this.consistency = consistency;
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
        heads.ask(
            SELECT,
            new SelectQuery.Question(tenant, selections, maxSamples, maxSeries),
            consistency);
    headsMissing.addAll(answers.missing());
    completeUntilMillis = Math.min(completeUntilMillis, answers.completeUntilMillis());
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
                new BlockQuery(
                    tenant,
                    selection.afterMillis() + 1,
                    selection.untilMillis() + 1,
                    BlockTerms.expression(selection.matchers()),
                    heldFrom,
                    false)));
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
    List<String> missing = new ArrayList<>(headsMissing);
    missing.addAll(blocks.missing());
    return missing;
  }

  /** Everything that had been acknowledged then is in the answer; 0 if not known. */
  long completeUntilMillis() {
    return completeUntilMillis;
  }
}

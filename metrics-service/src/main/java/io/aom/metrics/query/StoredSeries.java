package io.aom.metrics.query;

import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.metrics.block.BlockTerms;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.Patience;
import io.aom.metrics.promql.SeriesSource;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What one query sees: heads first, then the blocks that hold what the heads no longer do, so that
 * no sample is missed or seen twice while its block moves. Used by one thread.
 */
final class StoredSeries implements SeriesSource {
  /** Parts whose columns are held in memory at a time. */
  private static final int FETCH_PARTS = 48;

  static final SelectQuery SELECT = new SelectQuery();

  /** Older blocks first, so that the later write wins. */
  static final Comparator<FoundPart> BY_OFFSET =
      Comparator.comparingInt(FoundPart::partition).thenComparingLong(FoundPart::firstOffset);

  private final Heads<MetricsSegment> heads;
  private final BlockReader blocks;
  private final TenantId tenant;
  private final Heads.Consistency consistency;
  private final long maxSamples;
  private final Patience patience;
  private final Consumer<String> used;
  private List<Integer> unreachable = List.of();
  private long completeUntilMillis = Long.MAX_VALUE;
  private long readNanos;
  private long samplesRead;

  StoredSeries(
      Heads<MetricsSegment> heads,
      BlockReader blocks,
      TenantId tenant,
      Heads.Consistency consistency,
      long maxSamples,
      Patience patience,
      Consumer<String> used) {
    this.heads = heads;
    this.blocks = blocks;
    this.tenant = tenant;
    this.consistency = consistency;
    this.maxSamples = maxSamples;
    this.patience = patience;
    this.used = used;
  }

  @Override
  public List<List<Series>> select(List<Selection> selections) {
    long began = System.nanoTime();
    HeadAnswers<List<List<Series>>> answers =
        heads.ask(SELECT, new SelectQuery.Question(tenant, selections, maxSamples), consistency);
    unreachable = answers.unreachable();
    completeUntilMillis = answers.completeUntilMillis();
    SeriesMerge.Allowance allowance = new SeriesMerge.Allowance(maxSamples);
    List<List<Series>> result = new ArrayList<>(selections.size());
    for (int i = 0; i < selections.size(); i++) {
      SeriesMerge merge = new SeriesMerge();
      fromBlocks(selections.get(i), answers.heldFrom(), merge, allowance);
      for (List<List<Series>> answer : answers.results()) {
        for (Series series : answer.get(i)) {
          allowance.take(series.samples().size());
          merge.add(series);
        }
      }
      List<Series> series = merge.series();
      noteUse(selections.get(i), series);
      result.add(series);
    }
    samplesRead += allowance.taken();
    readNanos += System.nanoTime() - began;
    return result;
  }

  /** The metric that a selector names, or else those that it found. */
  private void noteUse(Selection selection, List<Series> series) {
    for (LabelMatcher matcher : selection.matchers()) {
      if (matcher.name().equals(Labels.NAME) && matcher.kind() == LabelMatcher.Kind.EQUAL) {
        if (!series.isEmpty()) {
          used.accept(matcher.value());
        }
        return;
      }
    }
    series.stream().map(one -> one.labels().metricName()).distinct().forEach(used);
  }

  /** How long reading took so far. */
  long readNanos() {
    return readNanos;
  }

  /** Samples that were read so far. */
  long samplesRead() {
    return samplesRead;
  }

  private void fromBlocks(
      Selection selection,
      Map<Integer, Long> heldFrom,
      SeriesMerge merge,
      SeriesMerge.Allowance allowance) {
    if (selection.untilMillis() <= selection.afterMillis()) {
      return;
    }
    List<FoundPart> parts =
        new ArrayList<>(
            blocks.find(
                new BlockQuery(
                    tenant,
                    selection.afterMillis() + 1,
                    selection.untilMillis() + 1,
                    BlockTerms.expression(selection.matchers()),
                    heldFrom,
                    false)));
    parts.sort(BY_OFFSET);
    for (int from = 0; from < parts.size(); from += FETCH_PARTS) {
      patience.check();
      List<FoundPart> some = parts.subList(from, Math.min(parts.size(), from + FETCH_PARTS));
      Map<FoundPart, Map<String, byte[]>> columns =
          blocks.fetch(some, List.of(MetricsBlockFormat.LABELS, MetricsBlockFormat.SAMPLES));
      for (FoundPart part : some) {
        decode(columns.getOrDefault(part, Map.of()), selection, merge, allowance);
      }
    }
  }

  private static void decode(
      Map<String, byte[]> columns,
      Selection selection,
      SeriesMerge merge,
      SeriesMerge.Allowance allowance) {
    byte[] labelColumn = columns.get(MetricsBlockFormat.LABELS);
    byte[] sampleColumn = columns.get(MetricsBlockFormat.SAMPLES);
    if (labelColumn == null || sampleColumn == null) {
      throw new IllegalStateException("block part without its columns: " + columns.keySet());
    }
    List<Labels> labels = LabelsColumn.decode(labelColumn);
    SamplesColumn samples = null;
    for (int i = 0; i < labels.size(); i++) {
      if (!matches(labels.get(i), selection.matchers())) {
        continue;
      }
      if (samples == null) {
        samples = SamplesColumn.open(sampleColumn);
      }
      SampleColumns window =
          samples.decode(i).window(selection.afterMillis(), selection.untilMillis());
      if (!window.isEmpty()) {
        allowance.take(window.size());
        merge.add(new Series(labels.get(i), window));
      }
    }
  }

  static boolean matches(Labels labels, List<LabelMatcher> matchers) {
    for (LabelMatcher matcher : matchers) {
      if (!matcher.matches(labels.get(matcher.name()))) {
        return false;
      }
    }
    return true;
  }

  /** Partitions that could not be asked. */
  List<Integer> unreachable() {
    return unreachable;
  }

  /** Everything that had been acknowledged then is in the answer; 0 if not known. */
  long completeUntilMillis() {
    return completeUntilMillis;
  }
}

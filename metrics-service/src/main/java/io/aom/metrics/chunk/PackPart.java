package io.aom.metrics.chunk;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.SeriesPart;
import io.aom.metrics.series.SymbolTable;
import java.util.Arrays;
import java.util.List;

/** Series of a pack: of its two columns, as a block or another member's answer has them. */
public final class PackPart implements SeriesPart {
  private final LabelRows labels;
  private final SamplesColumn samples;
  private final int[] numbers;
  private final long afterMillis;
  private final long untilMillis;
  private final boolean histogramsOnly;
  private final long sizeBytes;

  /**
   * @param matchers what the series must satisfy
   * @param afterMillis samples later than this are wanted
   * @param untilMillis and not later than this
   * @throws CorruptChunkException if a column is none
   */
  public PackPart(
      byte[] labelColumn,
      byte[] sampleColumn,
      List<LabelMatcher> matchers,
      long afterMillis,
      long untilMillis) {
    this(labelColumn, sampleColumn, matchers, afterMillis, untilMillis, false);
  }

  /**
   * @param histogramsOnly whether floats are left out, and series that have none but floats
   */
  public PackPart(
      byte[] labelColumn,
      byte[] sampleColumn,
      List<LabelMatcher> matchers,
      long afterMillis,
      long untilMillis,
      boolean histogramsOnly) {
    this.histogramsOnly = histogramsOnly;
    this.labels = LabelRows.open(labelColumn);
    this.samples = SamplesColumn.open(sampleColumn);
    if (labels.size() != samples.size()) {
      throw new CorruptChunkException(
          "samples: " + samples.size() + " series (expected: " + labels.size() + ")");
    }
    int[] matching = labels.matching(matchers);
    this.numbers =
        histogramsOnly
            ? Arrays.stream(matching).filter(samples::hasHistograms).toArray()
            : matching;
    this.afterMillis = afterMillis;
    this.untilMillis = untilMillis;
    this.sizeBytes =
        numbers.length == 0 ? 0 : labelColumn.length + sampleColumn.length + labels.sizeBytes();
  }

  @Override
  public int size() {
    return numbers.length;
  }

  @Override
  public int symbols() {
    return labels.symbols();
  }

  @Override
  public int addTo(SymbolTable table, int symbol) {
    return labels.addTo(table, symbol);
  }

  @Override
  public int labelCount(int series) {
    return labels.labelCount(numbers[series]);
  }

  @Override
  public void labels(int series, int[] to) {
    labels.labels(numbers[series], to);
  }

  @Override
  public void samples(int series, SampleColumns to) {
    SampleColumns all = samples.decode(numbers[series]);
    int until = all.firstAfter(untilMillis);
    if (!histogramsOnly) {
      to.appendAll(all, all.firstAfter(afterMillis), until);
      return;
    }
    for (int i = all.firstAfter(afterMillis); i < until; i++) {
      if (all.histogram(i) != null) {
        to.appendAll(all, i, i + 1);
      }
    }
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }
}

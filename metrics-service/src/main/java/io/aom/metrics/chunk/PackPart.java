package io.aom.metrics.chunk;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.SampleColumns;
import java.util.List;

/** Series of a pack: of its two columns, as a block or another member's answer has them. */
public final class PackPart extends PackedSeries {
  private final SamplesColumn samples;
  private final long afterMillis;
  private final long untilMillis;
  private final boolean histogramsOnly;

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
    this(
        labelColumn,
        SamplesColumn.open(sampleColumn),
        labelColumn.length + sampleColumn.length,
        matchers,
        afterMillis,
        untilMillis,
        histogramsOnly);
  }

  private PackPart(
      byte[] labelColumn,
      SamplesColumn samples,
      long columnBytes,
      List<LabelMatcher> matchers,
      long afterMillis,
      long untilMillis,
      boolean histogramsOnly) {
    super(
        labelColumn,
        samples.size(),
        "samples",
        columnBytes,
        matchers,
        series -> !histogramsOnly || samples.hasHistograms(series));
    this.samples = samples;
    this.afterMillis = afterMillis;
    this.untilMillis = untilMillis;
    this.histogramsOnly = histogramsOnly;
  }

  @Override
  public void samples(int series, SampleColumns to) {
    SampleColumns all = samples.decode(number(series));
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
}

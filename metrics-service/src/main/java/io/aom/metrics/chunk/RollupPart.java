package io.aom.metrics.chunk;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.SeriesPart;
import io.aom.metrics.series.SymbolTable;
import java.util.List;
import java.util.Map;

/** Series of a pack of rollups. */
public final class RollupPart implements SeriesPart {
  private final LabelRows labels;
  private final RollupPack pack;
  private final int[] numbers;
  private final long afterMillis;
  private final long untilMillis;
  private final long sizeBytes;

  /**
   * @param columns those that {@link RollupPack#columns} names
   * @param matchers what the series must satisfy
   * @param afterMillis stretches that end later than this are wanted
   * @param untilMillis and begin no later than this
   * @throws CorruptChunkException if a column is none
   */
  public RollupPart(
      byte[] labelColumn,
      Map<String, byte[]> columns,
      List<LabelMatcher> matchers,
      long afterMillis,
      long untilMillis) {
    this.labels = LabelRows.open(labelColumn);
    this.pack = RollupPack.open(columns);
    if (labels.size() != pack.size()) {
      throw new CorruptChunkException(
          "rollup: " + pack.size() + " series (expected: " + labels.size() + ")");
    }
    this.numbers = labels.matching(matchers);
    this.afterMillis = afterMillis;
    this.untilMillis = untilMillis;
    long bytes = labels.sizeBytes();
    for (byte[] column : columns.values()) {
      bytes += column.length;
    }
    this.sizeBytes = numbers.length == 0 ? 0 : bytes;
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
  public boolean isRolledUp() {
    return true;
  }

  /** None: they are in {@link #stretches}. */
  @Override
  public void samples(int series, SampleColumns to) {}

  @Override
  public void stretches(int series, RollupColumns to) {
    pack.decode(numbers[series], afterMillis, untilMillis, to);
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }
}

package io.aom.metrics.chunk;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.SampleColumns;
import java.util.List;
import java.util.Map;

/** Series of a pack of rollups. */
public final class RollupPart extends PackedSeries {
  private final RollupPack pack;
  private final long afterMillis;
  private final long untilMillis;

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
    this(
        labelColumn,
        RollupPack.open(columns),
        columns.values().stream().mapToLong(column -> column.length).sum(),
        matchers,
        afterMillis,
        untilMillis);
  }

  private RollupPart(
      byte[] labelColumn,
      RollupPack pack,
      long columnBytes,
      List<LabelMatcher> matchers,
      long afterMillis,
      long untilMillis) {
    super(labelColumn, pack.size(), "rollup", columnBytes, matchers, series -> true);
    this.pack = pack;
    this.afterMillis = afterMillis;
    this.untilMillis = untilMillis;
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
    pack.decode(number(series), afterMillis, untilMillis, to);
  }
}

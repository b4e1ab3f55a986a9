package io.aom.metrics.chunk;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.SeriesPart;
import io.aom.metrics.series.SymbolTable;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/** Those series of a pack that satisfy some matchers. What they hold is a subclass's business. */
abstract class PackedSeries implements SeriesPart {
  private final LabelRows labels;
  private final int[] numbers;
  private final long sizeBytes;

  /**
   * @param packed how many series the other columns have
   * @param what they are, for a refusal
   * @param columnBytes how much memory the columns take
   * @param wanted by number in the pack, whether a series may be among these at all
   * @throws CorruptChunkException if the labels are of another number of series, or none
   */
  PackedSeries(
      byte[] labelColumn,
      int packed,
      String what,
      long columnBytes,
      List<LabelMatcher> matchers,
      IntPredicate wanted) {
    labels = LabelRows.open(labelColumn);
    if (labels.size() != packed) {
      throw new CorruptChunkException(
          what + ": " + packed + " series (expected: " + labels.size() + ")");
    }
    numbers = Arrays.stream(labels.matching(matchers)).filter(wanted).toArray();
    sizeBytes = numbers.length == 0 ? 0 : columnBytes + labels.sizeBytes();
  }

  /** Number in the pack of one of these series. */
  final int number(int series) {
    return numbers[series];
  }

  @Override
  public final int size() {
    return numbers.length;
  }

  @Override
  public final int symbols() {
    return labels.symbols();
  }

  @Override
  public final int addTo(SymbolTable table, int symbol) {
    return labels.addTo(table, symbol);
  }

  @Override
  public final int labelCount(int series) {
    return labels.labelCount(numbers[series]);
  }

  @Override
  public final void labels(int series, int[] to) {
    labels.labels(numbers[series], to);
  }

  @Override
  public final long sizeBytes() {
    return sizeBytes;
  }
}

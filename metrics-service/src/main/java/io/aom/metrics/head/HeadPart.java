package io.aom.metrics.head;

import io.aom.metrics.chunk.OpenChunk;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.SeriesPart;
import io.aom.metrics.series.SymbolTable;
import org.jspecify.annotations.Nullable;

/**
 * Series of one segment as they were when they were picked, in columns: no object a series. Filled
 * under the segment's read lock, read without it.
 */
final class HeadPart implements SeriesPart {
  private final SymbolTable.View symbols;
  private final int[] labelIds;
  private final long afterMillis;
  private final long untilMillis;
  private final boolean newestOnly;
  private int size;
  private final int[] labelsFrom;
  private final int[] labelCount;

  /** Time of the newest sample and its value, if that is all that is wanted. */
  private long[] times = {};

  private double[] values = {};

  /** Else the written samples: bytes, and how many samples they are. */
  private byte[] @Nullable [] bytes = {};

  private int[] counts = {};

  /** Heap of what was copied of the series, as others may change it. */
  private long copiedBytes;

  /** What is not a chunk of floats alone; null if every series is. */
  private HeadSeries.@Nullable Snapshot @Nullable [] others;

  /**
   * @param capacity most series that will be added
   */
  HeadPart(
      SymbolTable.View symbols,
      int[] labelIds,
      long afterMillis,
      long untilMillis,
      boolean newestOnly,
      int capacity) {
    this.symbols = symbols;
    this.labelIds = labelIds;
    this.afterMillis = afterMillis;
    this.untilMillis = untilMillis;
    this.newestOnly = newestOnly;
    labelsFrom = new int[capacity];
    labelCount = new int[capacity];
    if (newestOnly) {
      times = new long[capacity];
      values = new double[capacity];
    } else {
      bytes = new byte[capacity][];
      counts = new int[capacity];
    }
  }

  /** Takes a series as it is now, if it may have samples in the window. */
  void add(HeadSeries series) {
    int number = size;
    if (!series.isPlain() || (newestOnly && series.lastTime() > untilMillis)) {
      HeadSeries.@Nullable Snapshot[] column = others;
      if (column == null) {
        column = new HeadSeries.Snapshot[labelsFrom.length];
        others = column;
      }
      HeadSeries.Snapshot snapshot = series.snapshot();
      copiedBytes += snapshot.copiedBytes();
      column[number] = snapshot;
    } else if (series.lastTime() <= afterMillis || series.firstTime() > untilMillis) {
      return;
    } else if (newestOnly) {
      times[number] = series.lastTime();
      values[number] = Double.longBitsToDouble(series.lastBits());
    } else {
      OpenChunk.View view = series.view();
      bytes[number] = view.bytes();
      counts[number] = view.count();
    }
    labelsFrom[number] = series.labelsFrom;
    labelCount[number] = series.labelCount;
    size++;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int symbols() {
    return symbols.size();
  }

  @Override
  public int addTo(SymbolTable table, int symbol) {
    return symbols.addTo(table, symbol);
  }

  @Override
  public int labelCount(int series) {
    return labelCount[series];
  }

  @Override
  public void labels(int series, int[] to) {
    System.arraycopy(labelIds, labelsFrom[series], to, 0, labelCount[series] * 2);
  }

  @Override
  public void samples(int series, SampleColumns to) {
    HeadSeries.@Nullable Snapshot[] column = others;
    HeadSeries.Snapshot other = column == null ? null : column[series];
    if (other != null) {
      SampleColumns decoded = other.decode(afterMillis, untilMillis);
      to.appendAll(decoded, newestOnly ? Math.max(0, decoded.size() - 1) : 0, decoded.size());
    } else if (newestOnly) {
      to.append(times[series], values[series]);
    } else {
      byte[] written = bytes[series];
      if (written != null) {
        OpenChunk.decode(written, counts[series], afterMillis, untilMillis, to);
      }
    }
  }

  @Override
  public long sizeBytes() {
    return (long) labelsFrom.length * (others == null ? 24 : 28) + copiedBytes;
  }
}

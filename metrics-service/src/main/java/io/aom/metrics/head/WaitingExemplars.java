package io.aom.metrics.head;

import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SymbolTable;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Exemplars that come before the first sample of their series in a segment, as they do where the
 * segment has just begun. They are kept until that sample comes. Guarded by the segment's lock.
 */
final class WaitingExemplars {
  /** Kept of all series together; further ones are let go. */
  static final int MAX = 4_096;

  /** Of the labels of all series together. */
  private static final long MAX_LABEL_BYTES = 4 << 20;

  private record Waiting(Labels series, ExemplarRing exemplars) {}

  /** By {@link #hash}: two series never have the same, or else one of them is out of luck. */
  private final Map<Long, Waiting> bySeries = new HashMap<>();

  private int size;
  private long labelBytes;

  int size() {
    return size;
  }

  /**
   * Keeps an exemplar if there is room; returns by how many bytes this grew, -1 if there is none.
   */
  long add(Labels series, Exemplar exemplar) {
    if (size == MAX) {
      return -1;
    }
    long hash = 0;
    for (int i = 0; i < series.size(); i++) {
      hash = hash(hash, SymbolTable.hash(series.name(i)), SymbolTable.hash(series.value(i)));
    }
    Waiting waiting = bySeries.get(hash);
    long bytes = 0;
    if (waiting == null) {
      bytes = sizeBytes(series);
      if (labelBytes + bytes > MAX_LABEL_BYTES) {
        return -1;
      }
      waiting = new Waiting(series, new ExemplarRing());
      bySeries.put(hash, waiting);
      labelBytes += bytes;
    } else if (!waiting.series().equals(series)) {
      return -1;
    }
    ExemplarRing kept = waiting.exemplars();
    int before = kept.size();
    bytes += kept.add(exemplar);
    size += kept.size() - before;
    return bytes;
  }

  /**
   * Takes out those of a series that has a sample now; null if there are none.
   *
   * @param hash of the series, as {@link #hash(long, long, long)} makes it
   * @param labels asked for only if something waits that has this hash
   */
  @Nullable ExemplarRing take(long hash, Supplier<Labels> labels) {
    Waiting waiting = bySeries.get(hash);
    if (waiting == null || !waiting.series().equals(labels.get())) {
      return null;
    }
    bySeries.remove(hash);
    size -= waiting.exemplars().size();
    labelBytes -= sizeBytes(waiting.series());
    return waiting.exemplars();
  }

  /**
   * The hash of labels with one more behind them; 0 without any.
   *
   * @param name hash of its name, as {@link SymbolTable} makes it
   * @param value the same of its value
   */
  static long hash(long before, long name, long value) {
    return (31 * before + name) * 31 + value;
  }

  private static long sizeBytes(Labels series) {
    long bytes = 80;
    for (int i = 0; i < series.size(); i++) {
      bytes += 112L + series.name(i).length() + series.value(i).length();
    }
    return bytes;
  }
}

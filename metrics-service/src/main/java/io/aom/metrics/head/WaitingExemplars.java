package io.aom.metrics.head;

import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import java.util.HashMap;
import java.util.Map;
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

  private final Map<Labels, ExemplarRing> bySeries = new HashMap<>();
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
    ExemplarRing kept = bySeries.get(series);
    long bytes = 0;
    if (kept == null) {
      bytes = sizeBytes(series);
      if (labelBytes + bytes > MAX_LABEL_BYTES) {
        return -1;
      }
      kept = new ExemplarRing();
      bySeries.put(series, kept);
      labelBytes += bytes;
    }
    int before = kept.size();
    bytes += kept.add(exemplar);
    size += kept.size() - before;
    return bytes;
  }

  /** Takes out those of a series that has a sample now; null if there are none. */
  @Nullable ExemplarRing take(Labels series) {
    ExemplarRing kept = bySeries.remove(series);
    if (kept != null) {
      size -= kept.size();
      labelBytes -= sizeBytes(series);
    }
    return kept;
  }

  private static long sizeBytes(Labels series) {
    long bytes = 80;
    for (int i = 0; i < series.size(); i++) {
      bytes += 112L + series.name(i).length() + series.value(i).length();
    }
    return bytes;
  }
}

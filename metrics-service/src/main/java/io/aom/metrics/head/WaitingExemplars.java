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

  private final Map<Labels, ExemplarRing> bySeries = new HashMap<>();
  private int size;

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
      kept = new ExemplarRing();
      bySeries.put(series, kept);
      bytes = 80 + 112L * series.size();
    }
    int before = kept.size();
    bytes += kept.add(exemplar);
    size += kept.size() - before;
    return bytes;
  }

  /** Takes out those of a series that has a sample now; null if there are none. */
  @Nullable ExemplarRing take(Labels series) {
    ExemplarRing kept = bySeries.remove(series);
    size -= kept == null ? 0 : kept.size();
    return kept;
  }
}

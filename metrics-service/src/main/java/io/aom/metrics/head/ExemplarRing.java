package io.aom.metrics.head;

import io.aom.metrics.series.Exemplar;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The last exemplars of one series in a segment. Guarded by the segment's lock. */
final class ExemplarRing {
  /** Kept of a series; of more the oldest are let go. */
  static final int MAX = 64;

  private final ArrayDeque<Exemplar> kept = new ArrayDeque<>(2);

  /** Keeps an exemplar, unless it repeats the last one; returns by how many bytes this grew. */
  long add(Exemplar exemplar) {
    if (exemplar.equals(kept.peekLast())) {
      return 0;
    }
    kept.add(exemplar);
    long grown = sizeBytes(exemplar);
    return kept.size() > MAX ? grown - sizeBytes(kept.remove()) : grown;
  }

  int size() {
    return kept.size();
  }

  private static long sizeBytes(Exemplar exemplar) {
    long bytes = 80;
    for (int i = 0; i < exemplar.labels().size(); i++) {
      bytes += 56 + exemplar.labels().value(i).length();
    }
    return bytes;
  }

  /** What is kept now, in the order in which it came. */
  List<Exemplar> copy() {
    return new ArrayList<>(kept);
  }
}

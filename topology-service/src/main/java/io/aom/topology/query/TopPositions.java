package io.aom.topology.query;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The first {@code limit} of the positions that were added, each once. Not thread-safe. */
final class TopPositions {
  private final int limit;
  private final TreeSet<TracePosition> positions = new TreeSet<>();

  TopPositions(int limit) {
    this.limit = limit;
  }

  /** Whether a trace that starts then could still be among them. */
  boolean wants(long startNanos) {
    return positions.size() < limit || startNanos >= positions.last().startNanos();
  }

  boolean full() {
    return positions.size() >= limit;
  }

  void add(TracePosition position) {
    if (positions.add(position) && positions.size() > limit) {
      positions.pollLast();
    }
  }

  List<TracePosition> list() {
    return new ArrayList<>(positions);
  }
}

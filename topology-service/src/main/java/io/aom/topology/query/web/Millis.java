package io.aom.topology.query.web;

import io.aom.topology.graph.CallStats;

/** Durations as the API shows them. */
final class Millis {
  private Millis() {}

  /** Milliseconds that {@code quantile} of the calls reach; 0 if there were none. */
  static double quantile(CallStats stats, double quantile) {
    return stats.durations().quantileNanos(quantile) / 1e6;
  }
}

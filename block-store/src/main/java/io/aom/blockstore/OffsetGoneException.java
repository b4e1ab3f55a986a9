package io.aom.blockstore;

import java.util.Set;

/** The log does not hold the offset at which reading a partition stands. */
final class OffsetGoneException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Set<Integer> partitions;

  OffsetGoneException(Set<Integer> partitions, Throwable cause) {
    super("partitions: " + partitions, cause);
    this.partitions = Set.copyOf(partitions);
  }

  Set<Integer> partitions() {
    return partitions;
  }
}

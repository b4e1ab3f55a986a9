package io.aom.metrics.overflow;

import io.aom.telemetry.TenantId;

/** Is told when labels begin to fold. */
@FunctionalInterface
public interface FoldListener {
  /** Tells nobody. */
  FoldListener NONE = (tenant, partition, receivedMillis, label) -> {};

  /**
   * On the thread that takes in records, so it must not wait. Every member that holds the partition
   * is told, and after a restart it may be told the same again: always with the same arguments.
   *
   * @param receivedMillis epoch milliseconds of receipt of the record with which it began
   */
  void begun(TenantId tenant, int partition, long receivedMillis, FoldedLabel label);
}

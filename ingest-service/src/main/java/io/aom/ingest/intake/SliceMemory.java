package io.aom.ingest.intake;

/**
 * Pays for the slices of one request before they are made. They may take far more than the request:
 * each repeats what its items share, as resources and long labels.
 */
@FunctionalInterface
public interface SliceMemory {
  /** For where there is nothing to save. */
  SliceMemory UNBOUNDED = bytes -> {};

  /**
   * Takes bytes for a slice.
   *
   * @throws io.aom.telemetry.RejectedException if there is no room for them; the request is over
   */
  void take(long bytes);
}

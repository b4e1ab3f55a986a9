package io.aom.fuzz;

import java.util.List;

/** A promise about any input. */
interface Target {
  /** Inputs from which others are made; valid ones, so that mutants reach deep. */
  List<byte[]> seeds();

  /**
   * Checks the promise on one input; any exception or error means that it is broken. Thread-safe or
   * used by one thread.
   */
  void check(byte[] input);
}

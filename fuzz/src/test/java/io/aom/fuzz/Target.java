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

  /**
   * Most bytes that one check may allocate, so that an input of some bytes that claims to be of
   * gigabytes is found out on any heap.
   */
  default long mostAllocated() {
    return 16 << 20;
  }
}

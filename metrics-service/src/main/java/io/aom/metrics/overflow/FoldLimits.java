package io.aom.metrics.overflow;

/**
 * What all tenants of a segment may keep of folded series, so that a block's carry stays below 13
 * MiB. Not thread-safe.
 */
final class FoldLimits {
  /** Most folded series. */
  static final int SERIES = 250_000;

  /** Most bytes of labels of overflow series. */
  static final long LABEL_BYTES = 3 << 20;

  /** Most values of labels that are carried to the next segment. */
  static final int VALUES = 400_000;

  int series;
  long labelBytes;

  /** Values of labels that were carried so far. */
  int values;
}

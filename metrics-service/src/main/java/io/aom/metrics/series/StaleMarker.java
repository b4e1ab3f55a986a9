package io.aom.metrics.series;

/**
 * Prometheus's stale marker: the NaN with this one bit pattern says that a series has ended. Its
 * bits must never be normalised, so values travel as raw bits and are compared as raw bits.
 */
public final class StaleMarker {
  public static final long BITS = 0x7ff0000000000002L;
  public static final double VALUE = Double.longBitsToDouble(BITS);

  private StaleMarker() {}

  public static boolean is(double value) {
    return Double.doubleToRawLongBits(value) == BITS;
  }
}

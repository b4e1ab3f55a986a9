package io.aom.telemetry.remotewrite;

/** The NaN by which Prometheus says that a series has ended; its bits must never change. */
public final class StaleMarker {
  public static final long BITS = 0x7FF0000000000002L;

  private StaleMarker() {}

  public static boolean is(double value) {
    return Double.doubleToRawLongBits(value) == BITS;
  }
}

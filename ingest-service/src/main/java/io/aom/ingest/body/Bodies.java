package io.aom.ingest.body;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;

/**
 * Takes bodies in within bounds. What a body says of its own size is checked before anything is
 * allocated, and memory grows only with what has really come out of it, so a small body that claims
 * or unfolds to a huge one costs no more than the bound. Thread-safe.
 *
 * <p>Arrays are used again: half a megabyte for each request would have to be zeroed, and would
 * drive out of the processor's cache what the next request needs.
 */
public final class Bodies {
  private final int maxWireBytes;
  private final int maxDecodedBytes;
  private final InFlightBytes inFlight;
  private final IdleArrays idleWire = new IdleArrays();
  private final IdleArrays idleDecoded = new IdleArrays();

  /**
   * @param maxWireBytes largest body as it comes
   * @param maxDecodedBytes largest body once decoded
   * @param inFlight bounds what all bodies take together
   */
  public Bodies(int maxWireBytes, int maxDecodedBytes, InFlightBytes inFlight) {
    if (maxWireBytes < 1 || maxDecodedBytes < 1) {
      throw new IllegalArgumentException(
          "bounds: " + maxWireBytes + ", " + maxDecodedBytes + " (expected: >= 1)");
    }
    this.maxWireBytes = maxWireBytes;
    this.maxDecodedBytes = maxDecodedBytes;
    this.inFlight = inFlight;
  }

  /**
   * A body that is still to come; the caller closes it.
   *
   * @param declaredBytes as the request says; -1 if it does not
   * @throws RejectedException if that is too much
   */
  public Body open(long declaredBytes) {
    if (declaredBytes > maxWireBytes) {
      throw tooLarge("body", declaredBytes, maxWireBytes);
    }
    InFlightBytes.Lease lease = inFlight.lease();
    return new Body(
        lease,
        new GrowingBytes("body", maxWireBytes, lease, idleWire),
        new GrowingBytes("decoded body", maxDecodedBytes, lease, idleDecoded),
        (int) declaredBytes);
  }

  static RejectedException tooLarge(String what, long size, long limit) {
    return new RejectedException(
        Problem.TOO_LARGE, what + ": " + size + " bytes (expected: at most " + limit + ")");
  }
}

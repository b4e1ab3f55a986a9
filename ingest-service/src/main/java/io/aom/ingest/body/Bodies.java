package io.aom.ingest.body;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Takes bodies in within bounds. What a body says of its own size is checked before anything is
 * allocated, and memory grows only with what has really come out of it, so a small body that claims
 * or unfolds to a huge one costs no more than the bound. Thread-safe.
 *
 * <p>Arrays are used again: half a megabyte for each request would have to be zeroed, and would
 * drive out of the processor's cache what the next request needs.
 */
public final class Bodies {
  private static final int KEPT = 2 * Runtime.getRuntime().availableProcessors();

  /** Larger arrays are left to the collector, so that what is kept stays small. */
  private static final int LARGEST_KEPT = 1 << 20;

  private final int maxWireBytes;
  private final int maxDecodedBytes;
  private final InFlightBytes inFlight;
  private final ArrayBlockingQueue<byte[]> idleWire = new ArrayBlockingQueue<>(KEPT);
  private final ArrayBlockingQueue<byte[]> idleDecoded = new ArrayBlockingQueue<>(KEPT);

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

  /** One that is idle and large enough, or null. */
  static byte @Nullable [] idle(ArrayBlockingQueue<byte[]> idle, int capacity) {
    byte[] array = idle.poll();
    return array != null && array.length >= capacity ? array : null;
  }

  @SuppressWarnings("ReturnValueIgnored") // one that finds no room is left to the collector
  static void keep(ArrayBlockingQueue<byte[]> idle, byte[] array) {
    if (array.length > 0 && array.length <= LARGEST_KEPT) {
      idle.offer(array);
    }
  }
}

package io.aom.ingest.body;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes that all requests in hand take together. A request that would go beyond is
 * refused as our overload, to be sent again; nothing waits. Thread-safe.
 */
public final class InFlightBytes {
  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  public InFlightBytes(long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("in-flight bytes: " + limit + " (expected: >= 1)");
    }
    this.limit = limit;
  }

  /** Bytes in hand now. */
  public long taken() {
    return taken.get();
  }

  /** What one request has taken; close it when the request is done. Not thread-safe. */
  public Lease lease() {
    return new Lease();
  }

  /** One request's share. */
  public final class Lease implements AutoCloseable {
    private long held;

    private Lease() {}

    /**
     * Takes more, before it is allocated.
     *
     * @throws RejectedException ({@link Problem#UNAVAILABLE}) if all requests together have too
     *     much, {@link Problem#TOO_LARGE} if this one alone has
     */
    public void take(long bytes) {
      if (bytes > limit - held) {
        throw new RejectedException(
            Problem.TOO_LARGE,
            "request: takes "
                + (held + bytes)
                + " bytes of memory (expected: at most "
                + limit
                + "; send it in parts)");
      }
      if (taken.addAndGet(bytes) > limit) {
        taken.addAndGet(-bytes);
        throw new RejectedException(
            Problem.UNAVAILABLE,
            "requests in hand: " + limit + " bytes (expected: room for this one; send it again)",
            Map.of("retryAfterSeconds", 1));
      }
      held += bytes;
    }

    /** Gives back some of what was taken. */
    public void giveBack(long bytes) {
      taken.addAndGet(-bytes);
      held -= bytes;
    }

    @Override
    public void close() {
      taken.addAndGet(-held);
      held = 0;
    }
  }
}

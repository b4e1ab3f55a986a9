package io.aom.ingest.body;

import io.aom.telemetry.RejectedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An array that grows as bytes come, never beyond its limit; what it takes is paid for. */
final class GrowingBytes {
  private static final byte[] NOTHING = new byte[0];
  private static final int LEAST = 4096;

  private final String what;
  private final int limit;
  private final InFlightBytes.Lease lease;
  private final IdleArrays idle;
  private byte[] bytes = NOTHING;
  private int size;

  GrowingBytes(String what, int limit, InFlightBytes.Lease lease, IdleArrays idle) {
    this.what = what;
    this.limit = limit;
    this.lease = lease;
    this.idle = idle;
  }

  /** May be longer than {@link #size}. */
  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  void size(int newSize) {
    size = newSize;
  }

  int limit() {
    return limit;
  }

  ByteArrayInputStream stream() {
    return new ByteArrayInputStream(bytes, 0, size);
  }

  /**
   * Adds all that {@code part} has.
   *
   * @param expected bytes in all; a guess
   */
  void add(ByteBuffer part, int expected) {
    int length = part.remaining();
    if (length > limit - size) {
      throw tooLarge(size + (long) length); // the array may be longer
    }
    if (length > bytes.length - size) {
      reserve(Math.max(size + length, Math.min(Math.max(expected, size * 2), limit)));
    }
    part.get(bytes, size, length);
    size += length;
  }

  /**
   * Reads a stream to its end.
   *
   * @param first bytes to begin with; more are allocated only as they come
   * @param expected bytes in all; a guess
   */
  void fill(InputStream in, int first, int expected) throws IOException {
    reserve(Math.min(first, limit));
    while (true) {
      if (size == bytes.length) {
        // Whether there is more decides on growing, so a body of the expected size never grows.
        int next = in.read();
        if (next < 0) {
          return;
        }
        if (size == limit) {
          throw tooLarge(limit + 1L);
        }
        reserve(Math.clamp(Math.max(expected, size * 2L), size + 1, limit));
        bytes[size++] = (byte) next;
      }
      int read = in.read(bytes, size, bytes.length - size);
      if (read < 0) {
        return;
      }
      size += read;
      if (size > limit) {
        throw tooLarge(limit + 1L);
      }
    }
  }

  /** Makes room for {@code capacity} bytes in all. */
  void reserve(int capacity) {
    if (capacity <= bytes.length) {
      return;
    }
    byte @Nullable [] larger = idle.take(capacity);
    // Round sizes are more likely to serve the next request too.
    int length = larger == null ? Math.max(LEAST, roundUp(capacity)) : larger.length;
    lease.take(length - (long) bytes.length);
    if (larger == null) {
      larger = new byte[length];
    }
    System.arraycopy(bytes, 0, larger, 0, size);
    bytes = larger;
  }

  private static int roundUp(int capacity) {
    int power = Integer.highestOneBit(capacity);
    return power == capacity || power >= 1 << 20 ? capacity : power << 1;
  }

  /** Gives the array away for the next body; nobody may use it any more. */
  void release() {
    idle.give(bytes);
    bytes = NOTHING;
    size = 0;
  }

  private RejectedException tooLarge(long wanted) {
    return Bodies.tooLarge(what, wanted, limit);
  }
}

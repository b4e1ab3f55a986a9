package io.aom.ingest.body;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.xerial.snappy.Snappy;

/**
 * Reads and decodes bodies within bounds. What a body says of its own size is checked before
 * anything is allocated, and memory grows only with what has really come out of it, so a small body
 * that claims or unfolds to a huge one costs no more than the bound. Thread-safe.
 */
public final class BodyReader {
  private static final int FIRST_BYTES = 64 * 1024;

  /** A copy of 64 bytes takes 3 bytes in snappy's block format; nothing unfolds further. */
  private static final int SNAPPY_MOST = 22;

  private static final byte[] SNAPPY_FRAME = {(byte) 0xFF, 0x06, 0x00, 0x00, 's', 'N', 'a', 'P'};

  /** Windows of up to 8 MiB, which is what levels up to 19 use. */
  private static final int ZSTD_WINDOW_LOG = 23;

  private final int maxWireBytes;
  private final int maxDecodedBytes;

  /**
   * @param maxWireBytes largest body as it comes
   * @param maxDecodedBytes largest body once decoded
   */
  public BodyReader(int maxWireBytes, int maxDecodedBytes) {
    if (maxWireBytes < 1 || maxDecodedBytes < 1) {
      throw new IllegalArgumentException(
          "bounds: " + maxWireBytes + ", " + maxDecodedBytes + " (expected: >= 1)");
    }
    this.maxWireBytes = maxWireBytes;
    this.maxDecodedBytes = maxDecodedBytes;
  }

  /**
   * Reads a body to its end.
   *
   * @param declaredLength as the request says; -1 if it does not
   * @param lease pays for the memory that the payload takes
   * @throws RejectedException if it is too large, is not what the coding says, or does not fit into
   *     memory beside the others
   */
  public Payload read(
      InputStream in, long declaredLength, ContentCoding coding, InFlightBytes.Lease lease)
      throws IOException {
    if (declaredLength > maxWireBytes) {
      throw tooLarge("body", declaredLength, maxWireBytes);
    }
    Buffer wire = new Buffer(lease, "body", maxWireBytes);
    wire.fill(in, declaredLength >= 0 ? (int) declaredLength : FIRST_BYTES);
    return switch (coding) {
      case IDENTITY -> {
        if (wire.size > maxDecodedBytes) {
          throw tooLarge("body", wire.size, maxDecodedBytes);
        }
        yield new Payload(wire.bytes, wire.size, wire.size);
      }
      case SNAPPY -> snappy(wire, lease);
      case GZIP -> gzip(wire, lease);
      case ZSTD -> zstd(wire, lease);
    };
  }

  private Payload snappy(Buffer wire, InFlightBytes.Lease lease) {
    if (wire.size >= SNAPPY_FRAME.length
        && Arrays.equals(
            wire.bytes, 0, SNAPPY_FRAME.length, SNAPPY_FRAME, 0, SNAPPY_FRAME.length)) {
      throw malformed("body: framed snappy (expected: snappy's block format)");
    }
    try {
      long declared = snappyLength(wire);
      if (declared > maxDecodedBytes) {
        throw tooLarge("decoded body", declared, maxDecodedBytes);
      }
      if (declared > (long) wire.size * SNAPPY_MOST) {
        throw malformed(
            "snappy: claims " + declared + " bytes in " + wire.size + " (expected: not so many)");
      }
      lease.take(declared);
      byte[] decoded = new byte[(int) declared];
      int length = Snappy.uncompress(wire.bytes, 0, wire.size, decoded, 0);
      return new Payload(decoded, length, wire.size);
    } catch (IOException e) {
      throw malformed("snappy: not readable (expected: snappy's block format)");
    }
  }

  /** The decoded length that a block begins with: a varint of 32 bits. */
  private static long snappyLength(Buffer wire) {
    long length = 0;
    for (int i = 0; i < Math.min(wire.size, 5); i++) {
      length |= (wire.bytes[i] & 0x7FL) << (7 * i);
      if (wire.bytes[i] >= 0) {
        return length;
      }
    }
    throw malformed("snappy: no length (expected: snappy's block format)");
  }

  private Payload gzip(Buffer wire, InFlightBytes.Lease lease) {
    try (InputStream in = new GZIPInputStream(wire.stream(), 8192)) {
      return decoded(in, wire, lease);
    } catch (IOException e) {
      throw malformed("gzip: " + e.getMessage());
    }
  }

  private Payload zstd(Buffer wire, InFlightBytes.Lease lease) {
    try (ZstdInputStreamNoFinalizer in = new ZstdInputStreamNoFinalizer(wire.stream())) {
      in.setLongMax(ZSTD_WINDOW_LOG);
      return decoded(in, wire, lease);
    } catch (IOException e) {
      throw malformed("zstd: " + e.getMessage());
    }
  }

  private Payload decoded(InputStream in, Buffer wire, InFlightBytes.Lease lease)
      throws IOException {
    Buffer decoded = new Buffer(lease, "decoded body", maxDecodedBytes);
    decoded.fill(in, Math.min(Math.max(wire.size * 4, 4096), maxDecodedBytes));
    return new Payload(decoded.bytes, decoded.size, wire.size);
  }

  private static RejectedException tooLarge(String what, long size, long limit) {
    return new RejectedException(
        Problem.TOO_LARGE, what + ": " + size + " bytes (expected: at most " + limit + ")");
  }

  private static RejectedException malformed(String message) {
    return new RejectedException(Problem.BAD_REQUEST, message);
  }

  /** An array that grows as a stream is read into it, never beyond its limit. */
  private static final class Buffer {
    private final InFlightBytes.Lease lease;
    private final String what;
    private final int limit;
    private byte[] bytes = new byte[0];
    private int size;

    Buffer(InFlightBytes.Lease lease, String what, int limit) {
      this.lease = lease;
      this.what = what;
      this.limit = limit;
    }

    ByteArrayInputStream stream() {
      return new ByteArrayInputStream(bytes, 0, size);
    }

    /**
     * @param expected bytes; a guess, of which at first only a part is allocated
     */
    void fill(InputStream in, int expected) throws IOException {
      grow(Math.min(Math.max(expected, 16), 16 * FIRST_BYTES));
      while (true) {
        if (size == bytes.length) {
          // Whether there is more decides on growing, so a body of the expected size never grows.
          int next = in.read();
          if (next < 0) {
            return;
          }
          if (size == limit) {
            throw tooLarge(what, limit + 1L, limit);
          }
          grow(Math.min(limit, Math.max(expected, size * 2)));
          bytes[size++] = (byte) next;
        }
        int read = in.read(bytes, size, bytes.length - size);
        if (read < 0) {
          return;
        }
        size += read;
      }
    }

    private void grow(int capacity) {
      int bounded = Math.min(Math.max(capacity, size + 1), limit);
      lease.take(bounded - (long) bytes.length);
      bytes = Arrays.copyOf(bytes, bounded);
    }
  }
}

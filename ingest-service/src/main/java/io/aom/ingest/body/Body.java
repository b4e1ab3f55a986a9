package io.aom.ingest.body;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.xerial.snappy.Snappy;

/**
 * The body of one request: first gathered as it comes, then decoded. What it takes of memory is
 * paid for until it is closed, when its arrays serve the next request; nobody may look at its
 * {@link Payload} any more then. Not thread-safe.
 */
public final class Body implements AutoCloseable {
  private static final int FIRST_BYTES = 64 * 1024;

  /** A copy of 64 bytes takes 3 bytes in snappy's block format; nothing unfolds further. */
  private static final int SNAPPY_MOST = 22;

  private static final byte[] SNAPPY_FRAME = {(byte) 0xFF, 0x06, 0x00, 0x00, 's', 'N', 'a', 'P'};

  /** Windows of up to 8 MiB, which is what levels up to 19 use. */
  private static final int ZSTD_WINDOW_LOG = 23;

  /** A window of that size is taken even where the first frame's is smaller. */
  private static final int ZSTD_LEAST_WINDOW_LOG = 20;

  private static final int ZSTD_MAGIC = 0xFD2FB528;

  /** Flag of a frame whose window is as large as its content. */
  private static final int ZSTD_SINGLE = 0x20;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final InFlightBytes.Lease lease;
  private final GrowingBytes wire;
  private final GrowingBytes decoded;
  private final int declaredBytes;

  Body(InFlightBytes.Lease lease, GrowingBytes wire, GrowingBytes decoded, int declaredBytes) {
    this.lease = lease;
    this.wire = wire;
    this.decoded = decoded;
    this.declaredBytes = declaredBytes;
  }

  /**
   * Adds a part that has come.
   *
   * @throws RejectedException if there is too much of it, or no room beside other requests
   */
  public void add(ByteBuffer part) {
    wire.add(part, Math.min(declaredBytes, 16 * FIRST_BYTES));
  }

  /**
   * Reads all of it.
   *
   * @throws RejectedException if there is too much of it, or no room beside other requests
   */
  public void readFrom(InputStream in) throws IOException {
    int expected = declaredBytes >= 0 ? declaredBytes : FIRST_BYTES;
    wire.fill(in, Math.clamp(expected, 16, 16 * FIRST_BYTES), expected);
  }

  /** Pays for memory that goes with this body. */
  public void take(long bytes) {
    lease.take(bytes);
  }

  /**
   * What has come, decoded; to be asked for once.
   *
   * @throws RejectedException if it is too large, is not what the coding says, or does not fit into
   *     memory beside the others
   */
  public Payload decode(ContentCoding coding) {
    return switch (coding) {
      case IDENTITY -> {
        if (wire.size() > decoded.limit()) {
          throw Bodies.tooLarge("body", wire.size(), decoded.limit());
        }
        yield new Payload(wire.array(), wire.size(), wire.array(), wire.size(), true);
      }
      case SNAPPY -> snappy();
      case GZIP -> gzip();
      case ZSTD -> zstd();
    };
  }

  private Payload snappy() {
    byte[] bytes = wire.array();
    int size = wire.size();
    int frame = SNAPPY_FRAME.length;
    if (size >= frame && Arrays.equals(bytes, 0, frame, SNAPPY_FRAME, 0, frame)) {
      throw malformed("body: framed snappy (expected: snappy's block format)");
    }
    try {
      long declared = snappyLength(bytes, size);
      if (declared > decoded.limit()) {
        throw Bodies.tooLarge("decoded body", declared, decoded.limit());
      }
      if (declared > (long) size * SNAPPY_MOST) {
        throw malformed(
            "snappy: claims " + declared + " bytes in " + size + " (expected: not so many)");
      }
      decoded.reserve((int) declared);
      decoded.size(Snappy.uncompress(bytes, 0, size, decoded.array(), 0));
      return payload(true);
    } catch (IOException e) {
      throw malformed("snappy: not readable (expected: snappy's block format)");
    }
  }

  /** The decoded length that a block begins with: a varint of 32 bits. */
  private static long snappyLength(byte[] bytes, int size) {
    long length = 0;
    for (int i = 0; i < Math.min(size, 5); i++) {
      length |= (bytes[i] & 0x7FL) << (7 * i);
      if (bytes[i] >= 0) {
        return length;
      }
    }
    throw malformed("snappy: no length (expected: snappy's block format)");
  }

  private Payload gzip() {
    try (InputStream in = new GZIPInputStream(wire.stream(), 8192)) {
      return decoded(in);
    } catch (IOException e) {
      throw malformed("gzip: " + e.getMessage());
    }
  }

  private Payload zstd() {
    int windowLog = zstdWindowLog(wire.array(), wire.size());
    // It is allocated outside the heap, for a body of some bytes too.
    long window = 1L << windowLog;
    lease.take(window);
    try (ZstdInputStreamNoFinalizer in = new ZstdInputStreamNoFinalizer(wire.stream())) {
      in.setLongMax(windowLog);
      return decoded(in);
    } catch (IOException e) {
      throw malformed("zstd: " + e.getMessage());
    } finally {
      lease.giveBack(window);
    }
  }

  /**
   * How large a window the first frame asks for, as a power of two (RFC 8878, 3.1.1.1); a later
   * frame may not ask for more. The largest if the first does not say.
   */
  private static int zstdWindowLog(byte[] bytes, int size) {
    if (size < 6 || (int) INTS.get(bytes, 0) != ZSTD_MAGIC) {
      return ZSTD_WINDOW_LOG;
    }
    if ((bytes[4] & ZSTD_SINGLE) != 0) {
      long content = Zstd.getFrameContentSize(bytes, 0, size);
      int log = content < 0 ? ZSTD_WINDOW_LOG : Long.SIZE - Long.numberOfLeadingZeros(content);
      return Math.clamp(log, ZSTD_LEAST_WINDOW_LOG, ZSTD_WINDOW_LOG);
    }
    int exponent = (bytes[5] & 0xFF) >>> 3;
    int mantissa = bytes[5] & 7;
    int log = 10 + exponent + (mantissa == 0 ? 0 : 1);
    return Math.clamp(log, ZSTD_LEAST_WINDOW_LOG, ZSTD_WINDOW_LOG);
  }

  private Payload decoded(InputStream in) throws IOException {
    int expected = (int) Math.min(Math.max(wire.size() * 4L, 4096), decoded.limit());
    decoded.fill(in, Math.min(expected, 16 * FIRST_BYTES), expected);
    // Headers of gzip may carry the time of encoding, and do with Python's exporter.
    return payload(false);
  }

  private Payload payload(boolean wireRepeats) {
    return new Payload(decoded.array(), decoded.size(), wire.array(), wire.size(), wireRepeats);
  }

  private static RejectedException malformed(String message) {
    return new RejectedException(Problem.BAD_REQUEST, message, Map.of("reason", "malformed"));
  }

  @Override
  public void close() {
    wire.release();
    decoded.release();
    lease.close();
  }
}

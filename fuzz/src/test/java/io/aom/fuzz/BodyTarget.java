package io.aom.fuzz;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.aom.ingest.body.Bodies;
import io.aom.ingest.body.Body;
import io.aom.ingest.body.ContentCoding;
import io.aom.ingest.body.InFlightBytes;
import io.aom.ingest.body.Payload;
import io.aom.telemetry.RejectedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.xerial.snappy.Snappy;

/**
 * A body of any bytes, beside others that leave it little room, is what its coding says or is
 * refused; never is more taken than there is, and nothing stays taken. The first byte says how the
 * body comes and how much room is left; the rest is the body.
 */
final class BodyTarget implements Target {
  private static final int MOST_WIRE = 3_000;
  private static final int MOST_DECODED = 50_000;
  private static final long ROOM = 9 << 20;
  private static final Set<Integer> STATUSES = Set.of(400, 413, 503);

  private final ContentCoding coding;
  private final InFlightBytes inFlight = new InFlightBytes(ROOM);
  private final Bodies bodies = new Bodies(MOST_WIRE, MOST_DECODED, inFlight);

  BodyTarget(ContentCoding coding) {
    this.coding = coding;
  }

  /** Arrays of the limits, and what libraries take to decode. */
  @Override
  public long mostAllocated() {
    return 2 << 20;
  }

  @Override
  public List<byte[]> seeds() {
    byte[] text =
        "connection refused by peer 10.0.0.1 ".repeat(30).getBytes(StandardCharsets.UTF_8);
    byte[] large = new byte[MOST_DECODED + 1];
    byte[] fits = new byte[MOST_DECODED];
    return List.of(
        input(0, encoded(text)),
        input(1, encoded(text)),
        input(6, encoded(fits)),
        input(4, encoded(large)),
        input(2, both(encoded(text), encoded(text))));
  }

  private static byte[] input(int first, byte[] body) {
    byte[] input = new byte[1 + Math.min(body.length, MOST_WIRE + 5)];
    input[0] = (byte) first;
    System.arraycopy(body, 0, input, 1, input.length - 1);
    return input;
  }

  private static byte[] both(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private byte[] encoded(byte[] body) {
    try {
      return switch (coding) {
        case IDENTITY -> body;
        case SNAPPY -> Snappy.compress(body);
        case ZSTD -> Zstd.compress(body);
        case GZIP -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(body);
          }
          yield bytes.toByteArray();
        }
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void check(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] wire = Arrays.copyOfRange(input, 1, input.length);
    try (InFlightBytes.Lease others = inFlight.lease()) {
      others.take(((input[0] & 0xFF) >>> 3) * (ROOM / 32));
      take(wire, (input[0] & 1) != 0, (input[0] & 2) != 0);
    }
    Checks.same(0L, inFlight.taken());
  }

  private void take(byte[] wire, boolean inParts, boolean declared) {
    Body open = null;
    try {
      open = bodies.open(declared ? wire.length : -1);
      if (inParts) {
        for (int from = 0; from < wire.length; from += 777) {
          open.add(ByteBuffer.wrap(wire, from, Math.min(777, wire.length - from)));
        }
      } else {
        open.readFrom(new ByteArrayInputStream(wire));
      }
      Payload payload = open.decode(coding);
      within();
      right(wire, payload);
    } catch (RejectedException e) {
      within();
      if (!STATUSES.contains(e.problem().status()) || String.valueOf(e.getMessage()).isBlank()) {
        throw new AssertionError("refused otherwise: " + e.problem(), e);
      }
    } catch (IOException e) {
      throw new AssertionError("a body in memory cannot be read", e);
    } finally {
      if (open != null) {
        open.close();
      }
    }
  }

  private void within() {
    if (inFlight.taken() > ROOM) {
      throw new AssertionError("taken: " + inFlight.taken() + " (expected: at most " + ROOM + ")");
    }
  }

  private void right(byte[] wire, Payload payload) throws IOException {
    if (payload.length() > MOST_DECODED || wire.length > MOST_WIRE) {
      throw new AssertionError("beyond its bounds: " + wire.length + ", " + payload.length());
    }
    byte[] expected =
        switch (coding) {
          case IDENTITY -> wire;
          case SNAPPY -> Snappy.uncompress(wire);
          case GZIP -> all(new GZIPInputStream(new ByteArrayInputStream(wire)));
          case ZSTD -> all(new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(wire)));
        };
    if (!Arrays.equals(expected, 0, expected.length, payload.bytes(), 0, payload.length())) {
      throw new AssertionError("decoded to something else");
    }
  }

  private static byte[] all(InputStream in) throws IOException {
    try (in) {
      return in.readNBytes(MOST_DECODED + 1);
    }
  }
}

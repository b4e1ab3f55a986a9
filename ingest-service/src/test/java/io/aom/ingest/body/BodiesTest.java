package io.aom.ingest.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import com.sun.management.ThreadMXBean;
import io.aom.ingest.Sender;
import io.aom.ingest.intake.RefusalReason;
import io.aom.telemetry.RejectedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.SnappyOutputStream;

class BodiesTest {
  private static final int MIB = 1 << 20;

  private final InFlightBytes inFlight = new InFlightBytes(64 * MIB);
  private final Bodies bodies = new Bodies(MIB, 4 * MIB, inFlight);

  @ParameterizedTest
  @EnumSource
  void everyCodingGivesBackWhatWasSent(ContentCoding coding) throws IOException {
    byte[] body = new byte[700_000];
    new Random(1).nextBytes(body);

    for (long declared : new long[] {-1, encode(coding, body).length}) {
      try (Body came = read(new ByteArrayInputStream(encode(coding, body)), declared)) {
        Payload payload = came.decode(coding);
        assertThat(Arrays.copyOf(payload.bytes(), payload.length())).isEqualTo(body);
        byte[] wire = encode(coding, body);
        assertThat(Arrays.copyOf(payload.wire(), payload.wireBytes())).isEqualTo(wire);
        assertThat(payload.wireRepeats())
            .isEqualTo(coding == ContentCoding.IDENTITY || coding == ContentCoding.SNAPPY);
      }
    }
    assertThat(inFlight.taken()).isZero();
  }

  @Test
  void membersOfGzipAfterOneAnotherAreOneBody() throws IOException {
    InputStream both =
        new SequenceInputStream(
            new ByteArrayInputStream(Sender.gzip(new byte[] {1})),
            new ByteArrayInputStream(Sender.gzip(new byte[] {2})));

    try (Body body = read(both, -1)) {
      Payload payload = body.decode(ContentCoding.GZIP);
      assertThat(Arrays.copyOf(payload.bytes(), payload.length())).containsExactly(1, 2);
    }
  }

  @Test
  void aSmallBodyThatClaimsMuchIsRefusedBeforeAllocation() {
    // 2.5 GB in the preamble, 1 GiB, and 4 MiB, which the bound would allow; then nothing much.
    byte[] beyond = {(byte) 0x80, (byte) 0xF2, (byte) 0x8B, (byte) 0xA8, 0x09, 0, 1, 2};
    byte[] huge = {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x04, 0, 1, 2};
    byte[] large = {(byte) 0x80, (byte) 0x80, (byte) 0x80, 0x02, 0, 1, 2};

    assertRefused(413, beyond, -1, ContentCoding.SNAPPY, 200_000);
    assertRefused(413, huge, -1, ContentCoding.SNAPPY, 200_000);
    assertRefused(400, large, -1, ContentCoding.SNAPPY, 200_000);
  }

  @Test
  void aDeclaredLengthBeyondTheBoundIsRefusedUnread() {
    assertThatThrownBy(() -> bodies.open(MIB + 1L))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining((MIB + 1) + " bytes");
  }

  @Test
  void bombsCostNoMoreThanTheBound() {
    byte[] gigabyte = gzipOfZeros(1 << 30);
    assertThat(gigabyte.length).isLessThan(2 * MIB);
    Bodies wide = new Bodies(2 * MIB, 4 * MIB, inFlight);

    long before = allocated();
    assertThatThrownBy(
            () -> {
              try (Body body = wide.open(-1)) {
                body.readFrom(new ByteArrayInputStream(gigabyte));
                body.decode(ContentCoding.GZIP);
              }
            })
        .isInstanceOf(RejectedException.class);
    // The wire body, and the decoded one as it doubled up to its bound.
    assertThat(allocated() - before).isLessThan(20L * MIB);

    byte[] zstd = Zstd.compress(new byte[64 * MIB]);
    assertRefused(413, zstd, zstd.length, ContentCoding.ZSTD, 16L * MIB);
  }

  @Test
  void anEndlessBodyIsCutAtTheBound() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 7;
          }
        };

    assertThatThrownBy(() -> read(endless, -1))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.problem().status()).isEqualTo(413));
    assertThat(inFlight.taken()).isZero();
  }

  @Test
  void framedSnappyIsRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {(byte) 0xFF, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'});
    try (SnappyOutputStream out = new SnappyOutputStream(bytes)) {
      out.write(1);
    }

    assertRefused(400, bytes.toByteArray(), -1, ContentCoding.SNAPPY, 400_000);
  }

  @Property(tries = 300)
  void anyBytesAreDecodedOrRefused(@ForAll @Size(max = 300) byte[] garbage) throws IOException {
    for (ContentCoding coding : EnumSet.allOf(ContentCoding.class)) {
      try (Body body = read(new ByteArrayInputStream(garbage), garbage.length)) {
        body.decode(coding);
      } catch (RejectedException expected) {
        assertThat(expected.problem().status()).isIn(400, 413);
      }
    }
    assertThat(inFlight.taken()).isZero();
  }

  @Test
  void requestsTogetherStayWithinTheirBound() {
    InFlightBytes small = new InFlightBytes(100);
    try (InFlightBytes.Lease one = small.lease();
        InFlightBytes.Lease other = small.lease()) {
      one.take(90);
      assertThatThrownBy(() -> other.take(11))
          .isInstanceOfSatisfying(
              RejectedException.class,
              e -> {
                assertThat(e.problem().status()).isEqualTo(503);
                assertThat(e.details()).containsKey("retryAfterSeconds");
              });
      other.take(10);
    }
    assertThat(small.taken()).isZero();
  }

  @Test
  void partsThatComeOneByOneAreOneBody() {
    byte[] sent = new byte[300_000];
    new Random(2).nextBytes(sent);
    byte[] wire = Sender.snappy(sent);

    for (long declared : new long[] {-1, 10, wire.length}) {
      try (Body body = bodies.open(declared)) {
        for (int from = 0; from < wire.length; from += 7_919) {
          body.add(ByteBuffer.wrap(wire, from, Math.min(7_919, wire.length - from)));
        }
        Payload payload = body.decode(ContentCoding.SNAPPY);
        assertThat(Arrays.copyOf(payload.bytes(), payload.length())).isEqualTo(sent);
      }
    }
    assertThat(inFlight.taken()).isZero();
  }

  @Test
  void partsBeyondTheBoundAreRefused() {
    try (Body body = bodies.open(-1)) {
      body.add(ByteBuffer.allocate(MIB - 1));
      body.add(ByteBuffer.allocate(1));
      assertThatThrownBy(() -> body.add(ByteBuffer.allocate(1)))
          .isInstanceOfSatisfying(
              RejectedException.class, e -> assertThat(e.problem().status()).isEqualTo(413));
    }
    assertThat(inFlight.taken()).isZero();
  }

  /** Arrays are of round sizes, so that there may be room for more than there may be. */
  @Test
  void aBoundThatIsNotRoundIsKeptToTheByte() {
    try (Body body = new Bodies(5_000, 5_000, inFlight).open(-1)) {
      body.add(ByteBuffer.allocate(5_000));
      assertThatThrownBy(() -> body.add(ByteBuffer.allocate(1)))
          .isInstanceOfSatisfying(
              RejectedException.class, e -> assertThat(e.problem().status()).isEqualTo(413));
    }
    assertThat(inFlight.taken()).isZero();
  }

  @Test
  void aRequestThatCanNeverFitIsToldSo() {
    InFlightBytes small = new InFlightBytes(100);
    try (InFlightBytes.Lease one = small.lease()) {
      one.take(60);
      assertThatThrownBy(() -> one.take(41))
          .isInstanceOfSatisfying(
              RejectedException.class, e -> assertThat(e.problem().status()).isEqualTo(413))
          .hasMessage(
              "request: takes 101 bytes of memory (expected: at most 100; send it in parts)");
      one.giveBack(50);
      one.take(90);
      assertThat(small.taken()).isEqualTo(100);
    }
    assertThat(small.taken()).isZero();
  }

  /** A frame of some bytes has a window of megabytes allocated for it, outside the heap. */
  @Test
  void theWindowOfZstdIsPaidForWhileItIsThere() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZstdOutputStream out = new ZstdOutputStream(bytes)) {
      out.setLong(21).write(new byte[100]);
    }
    byte[] wire = bytes.toByteArray();
    for (long room : new long[] {1 << 20, 4 << 20}) {
      InFlightBytes small = new InFlightBytes(room);
      try (Body body = new Bodies(MIB, MIB, small).open(wire.length)) {
        body.readFrom(new ByteArrayInputStream(wire));
        if (room > 2 << 20) {
          assertThat(body.decode(ContentCoding.ZSTD).length()).isEqualTo(100);
          assertThat(small.taken()).isLessThan(100_000);
        } else {
          assertThatThrownBy(() -> body.decode(ContentCoding.ZSTD))
              .isInstanceOf(RejectedException.class)
              .hasMessageContaining("bytes of memory");
        }
      }
      assertThat(small.taken()).isZero();
    }
  }

  @Test
  void aBodyOfTheUsualSizeAllocatesNextToNothing() throws IOException {
    byte[] wire = Sender.snappy(new byte[500_000]);
    for (int i = 0; i < 3; i++) {
      decode(wire);
    }

    long before = allocated();
    decode(wire);

    assertThat(allocated() - before).isLessThan(2_000);
  }

  private void decode(byte[] wire) throws IOException {
    try (Body body = read(new ByteArrayInputStream(wire), wire.length)) {
      assertThat(body.decode(ContentCoding.SNAPPY).length()).isEqualTo(500_000);
    }
  }

  private Body read(InputStream in, long declared) throws IOException {
    Body body = bodies.open(declared);
    try {
      body.readFrom(in);
    } catch (IOException | RuntimeException e) {
      body.close();
      throw e;
    }
    return body;
  }

  private void assertRefused(
      int status, byte[] body, long declared, ContentCoding coding, long mostAllocated) {
    long before = allocated();
    assertThatThrownBy(
            () -> {
              try (Body came = read(new ByteArrayInputStream(body), declared)) {
                came.decode(coding);
              }
            })
        .isInstanceOfSatisfying(
            RejectedException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(status);
              if (status == 400) { // as what is no message once it is decoded
                assertThat(e.details())
                    .isEqualTo(Map.of("reason", RefusalReason.MALFORMED.label()));
              }
            });
    assertThat(allocated() - before).isLessThan(mostAllocated);
    assertThat(inFlight.taken()).isZero();
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().threadId());
  }

  private static byte[] encode(ContentCoding coding, byte[] body) {
    return switch (coding) {
      case IDENTITY -> body;
      case GZIP -> Sender.gzip(body);
      case ZSTD -> Zstd.compress(body);
      case SNAPPY -> Sender.snappy(body);
    };
  }

  private static byte[] gzipOfZeros(int size) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (java.util.zip.GZIPOutputStream gzip = new java.util.zip.GZIPOutputStream(bytes)) {
      byte[] zeros = new byte[MIB];
      for (int i = 0; i < size / MIB; i++) {
        gzip.write(zeros);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

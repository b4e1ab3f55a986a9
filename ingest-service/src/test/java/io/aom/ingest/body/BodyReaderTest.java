package io.aom.ingest.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import io.aom.ingest.Sender;
import io.aom.telemetry.RejectedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.SnappyOutputStream;

class BodyReaderTest {
  private static final int MIB = 1 << 20;

  private final InFlightBytes inFlight = new InFlightBytes(64 * MIB);
  private final BodyReader reader = new BodyReader(MIB, 4 * MIB);

  @ParameterizedTest
  @EnumSource
  void everyCodingGivesBackWhatWasSent(ContentCoding coding) throws IOException {
    byte[] body = new byte[700_000];
    new Random(1).nextBytes(body);

    for (long declared : new long[] {-1, encode(coding, body).length}) {
      try (InFlightBytes.Lease lease = inFlight.lease()) {
        Payload payload =
            reader.read(new ByteArrayInputStream(encode(coding, body)), declared, coding, lease);
        assertThat(Arrays.copyOf(payload.bytes(), payload.length())).isEqualTo(body);
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

    try (InFlightBytes.Lease lease = inFlight.lease()) {
      Payload payload = reader.read(both, -1, ContentCoding.GZIP, lease);
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
    assertThatThrownBy(
            () -> {
              try (InFlightBytes.Lease lease = inFlight.lease()) {
                reader.read(InputStream.nullInputStream(), MIB + 1L, ContentCoding.IDENTITY, lease);
              }
            })
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining((MIB + 1) + " bytes");
  }

  @Test
  void bombsCostNoMoreThanTheBound() {
    byte[] gigabyte = gzipOfZeros(1 << 30);
    assertThat(gigabyte.length).isLessThan(2 * MIB);
    BodyReader wide = new BodyReader(2 * MIB, 4 * MIB);

    long before = allocated();
    assertThatThrownBy(
            () -> {
              try (InFlightBytes.Lease lease = inFlight.lease()) {
                wide.read(new ByteArrayInputStream(gigabyte), -1, ContentCoding.GZIP, lease);
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

    assertThatThrownBy(
            () -> {
              try (InFlightBytes.Lease lease = inFlight.lease()) {
                reader.read(endless, -1, ContentCoding.IDENTITY, lease);
              }
            })
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
      try (InFlightBytes.Lease lease = inFlight.lease()) {
        reader.read(new ByteArrayInputStream(garbage), garbage.length, coding, lease);
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

  private void assertRefused(
      int status, byte[] body, long declared, ContentCoding coding, long mostAllocated) {
    long before = allocated();
    assertThatThrownBy(
            () -> {
              try (InFlightBytes.Lease lease = inFlight.lease()) {
                reader.read(new ByteArrayInputStream(body), declared, coding, lease);
              }
            })
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.problem().status()).isEqualTo(status));
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

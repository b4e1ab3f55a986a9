package io.aom.ingest.intake;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import io.aom.ingest.body.Payload;
import io.aom.telemetry.TenantId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * XXH3-128 of a request's body, seeded with its tenant. A client that has lost our answer sends the
 * same body again; it is split alike and bears the same digests, so the owner of each partition
 * sees that it has it.
 *
 * <p>The body as it came, where the same body is always encoded alike (snappy's block format): for
 * remote write that is a twelfth of the bytes. The decoded body otherwise.
 */
public record RequestDigest(long high, long low) {
  /** Bytes of a digest in a record header. */
  public static final int BYTES = 16;

  public static RequestDigest of(TenantId tenant, Payload payload) {
    return payload.wireRepeats()
        ? of(tenant, payload.wire(), payload.wireBytes())
        : of(tenant, payload.bytes(), payload.length());
  }

  static RequestDigest of(TenantId tenant, byte[] body, int length) {
    byte[] name = tenant.value().getBytes(StandardCharsets.UTF_8);
    long seed = Hashing.xxh3_64().hashBytesToLong(name);
    return of(Hashing.xxh3_128(seed).hashBytesTo128Bits(body, 0, length));
  }

  /**
   * The digest of one slice: the request's own for the first slice of a partition, another one for
   * each further slice, since otherwise the second would seem to be the first again. What was
   * refused is mixed in, because a request of which a different part was refused is split
   * differently.
   *
   * @return {@link #BYTES} bytes, big-endian
   */
  public byte[] ofSlice(int ordinal, long refused) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES + 4 + 8);
    bytes.putLong(high).putLong(low);
    if (ordinal == 0 && refused == 0) {
      return java.util.Arrays.copyOf(bytes.array(), BYTES);
    }
    bytes.putInt(ordinal).putLong(refused);
    RequestDigest mixed = of(Hashing.xxh3_128().hashBytesTo128Bits(bytes.array()));
    return ByteBuffer.allocate(BYTES).putLong(mixed.high).putLong(mixed.low).array();
  }

  private static RequestDigest of(HashValue128 hash) {
    return new RequestDigest(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }
}

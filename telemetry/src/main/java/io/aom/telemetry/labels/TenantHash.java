package io.aom.telemetry.labels;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.aom.telemetry.TenantId;
import java.nio.charset.StandardCharsets;

/**
 * Hashes that decide on a Kafka partition: XXH3-64, seeded with the tenant's own hash, the same in
 * every process and version. Thread-safe.
 */
public final class TenantHash {
  private final Hasher64 hasher;

  public TenantHash(TenantId tenant) {
    byte[] name = tenant.value().getBytes(StandardCharsets.UTF_8);
    hasher = Hashing.xxh3_64(Hashing.xxh3_64().hashBytesToLong(name));
  }

  /** Hash of a series by its labels, which must be sorted. */
  public long ofSeries(LabelBuffer labels) {
    return labels.hash(hasher);
  }

  /** Hash of {@code bytes[from, to)}: a resource as it came, say. */
  public long ofBytes(byte[] bytes, int from, int to) {
    return hasher.hashBytesToLong(bytes, from, to - from);
  }

  /** The partition, 0 to {@code partitions - 1}, that a hash belongs to. */
  public static int partition(long hash, int partitions) {
    return (int) Math.unsignedMultiplyHigh(hash, partitions);
  }
}

package io.aom.metrics.overflow;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;

/** Hashes that are the same in every process: they are stored. */
public final class Hashes {
  private static final Hasher64 XXH3 = Hashing.xxh3_64();

  private Hashes() {}

  /** XXH3-64 of a text's UTF-8 bytes. */
  public static long of(byte[] bytes, int from, int length) {
    return XXH3.hashBytesToLong(bytes, from, length);
  }

  static long of(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return of(utf8, 0, utf8.length);
  }

  /** Of two hashes in this order, by the finalizer of SplitMix64. */
  static long of(long first, long second) {
    long h = first * 0x9E3779B97F4A7C15L + second;
    h = (h ^ h >>> 30) * 0xBF58476D1CE4E5B9L;
    h = (h ^ h >>> 27) * 0x94D049BB133111EBL;
    return h ^ h >>> 31;
  }
}

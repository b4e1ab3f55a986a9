package io.aom.topology.span;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Hashes for tables in memory. They are seeded anew in each process, so that nobody can send keys
 * that all fall into one slot; nothing that is stored may depend on them.
 */
public final class ByteHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long SEED = ThreadLocalRandom.current().nextLong() | 1;
  private static final long K = 0x9E37_79B9_7F4A_7C15L;

  private ByteHash() {}

  public static int of(byte[] bytes, int from, int length) {
    long hash = SEED + length;
    int at = from;
    int end = from + length;
    for (; end - at >= 8; at += 8) {
      hash = mix(hash ^ (long) LONGS.get(bytes, at));
    }
    if (at < end) {
      long tail = 0;
      while (at < end) {
        tail = (tail << 8) | (bytes[at++] & 0xFF);
      }
      hash = mix(hash ^ tail);
    }
    return (int) hash;
  }

  public static int of(long value) {
    return (int) mix(value ^ SEED);
  }

  public static int of(long first, long second) {
    return (int) mix(mix(first ^ SEED) ^ second);
  }

  private static long mix(long value) {
    long high = Math.multiplyHigh(value, K ^ SEED);
    long mixed = (value * K) ^ high;
    return mixed ^ (mixed >>> 29);
  }
}

package io.aom.metrics.chunk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Appends numbers of 0 to 64 bits to a growing byte array, the highest bit first. Reusable. */
final class BitSink {
  static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = new byte[256];
  private int bits;

  void clear() {
    Arrays.fill(bytes, 0, Math.min(bytes.length, sizeBytes() + 8), (byte) 0);
    bits = 0;
  }

  /** Appends the lowest {@code count} bits of {@code value}; its other bits must be zero. */
  void append(long value, int count) {
    if ((bits >>> 3) + 17 > bytes.length) {
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
    }
    put(bytes, bits, value, count);
    bits += count;
  }

  /**
   * Puts {@code count} bits at bit {@code position} of an array that is zero from there on and
   * reaches at least 16 bytes further. Bits before the position stay as they are at every moment,
   * so a concurrent reader of those sees nothing of this.
   */
  static void put(byte[] bytes, int position, long value, int count) {
    if (count > 56) {
      put(bytes, position, value >>> 32, count - 32);
      put(bytes, position + count - 32, value & 0xFFFFFFFFL, 32);
      return;
    }
    if (count == 0) {
      return;
    }
    int at = position >>> 3;
    long word = (long) LONGS.get(bytes, at);
    LONGS.set(bytes, at, word | value << (64 - (position & 7) - count));
  }

  int sizeBytes() {
    return (bits + 7) >>> 3;
  }

  byte[] array() {
    return bytes;
  }
}

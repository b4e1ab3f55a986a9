package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;

/**
 * The hash of a label set that Prometheus has since 3.5, in its releases as they are built by
 * default: XXH64 with seed 0 over all names and values in turn, in order of the names, each behind
 * its length in bytes. A length is one byte up to 254, else 255 and three bytes, the lowest first.
 * {@code limit_ratio} chooses by it, so the same series are chosen here.
 */
final class LabelHash {
  private static final XXHash64 XXH64 = XXHashFactory.safeInstance().hash64();
  private static final int ESCAPE = 255;

  private LabelHash() {}

  static long of(Labels labels) {
    byte[][] texts = new byte[labels.size() * 2][];
    int length = 0;
    for (int i = 0; i < labels.size(); i++) {
      texts[2 * i] = labels.name(i).getBytes(StandardCharsets.UTF_8);
      texts[2 * i + 1] = labels.value(i).getBytes(StandardCharsets.UTF_8);
      length += texts[2 * i].length + texts[2 * i + 1].length + 2 * Integer.BYTES;
    }
    ByteBuffer encoded = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] text : texts) {
      if (text.length < ESCAPE) {
        encoded.put((byte) text.length);
      } else {
        encoded.putInt((text.length << 8) | ESCAPE);
      }
      encoded.put(text);
    }
    return XXH64.hash(encoded.array(), 0, encoded.position(), 0);
  }

  /** Where the hash lies between 0 and the greatest one, which is 1. */
  static double place(Labels labels) {
    long hash = of(labels);
    // As a number without sign, rounded as one: the lowest bit must not be lost before.
    double whole = hash >= 0 ? hash : ((hash >>> 1) | (hash & 1)) * 2.0;
    return whole / 0x1p64;
  }
}

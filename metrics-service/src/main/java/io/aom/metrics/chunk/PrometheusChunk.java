package io.aom.metrics.chunk;

import io.aom.metrics.series.SampleColumns;
import java.util.Arrays;

/**
 * Floats as Prometheus's own XOR chunk has them, byte by byte, for its streamed remote read:
 * https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md.
 */
public final class PrometheusChunk {
  /** As many as Prometheus itself puts into a chunk. */
  public static final int SAMPLES = 120;

  private final BitSink bits = new BitSink();
  private int leading = -1;
  private int trailing;

  private PrometheusChunk() {}

  /**
   * A chunk of the samples {@code [from, to)}, none of them a histogram.
   *
   * @param to at most {@code from + 65535}
   */
  public static byte[] encode(SampleColumns samples, int from, int to) {
    PrometheusChunk chunk = new PrometheusChunk();
    chunk.bits.append(to - from, 16);
    long time = samples.time(from);
    long value = Double.doubleToRawLongBits(samples.value(from));
    long delta = 0;
    chunk.varint(time << 1 ^ time >> 63);
    chunk.bits.append(value, 64);
    for (int i = from + 1; i < to; i++) {
      long nextDelta = samples.time(i) - time;
      if (i == from + 1) {
        chunk.varint(nextDelta);
      } else {
        chunk.deltaOfDelta(nextDelta - delta);
      }
      long next = Double.doubleToRawLongBits(samples.value(i));
      chunk.xor(next ^ value);
      time += nextDelta;
      delta = nextDelta;
      value = next;
    }
    return Arrays.copyOf(chunk.bits.array(), chunk.bits.sizeBytes());
  }

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      bits.append((left & 0x7F) | 0x80, 8);
      left >>>= 7;
    }
    bits.append(left, 8);
  }

  private void deltaOfDelta(long dod) {
    if (dod == 0) {
      bits.append(0, 1);
    } else if (fits(dod, 14)) {
      bits.append(0b10, 2);
      bits.append(dod & (1L << 14) - 1, 14);
    } else if (fits(dod, 17)) {
      bits.append(0b110, 3);
      bits.append(dod & (1L << 17) - 1, 17);
    } else if (fits(dod, 20)) {
      bits.append(0b1110, 4);
      bits.append(dod & (1L << 20) - 1, 20);
    } else {
      bits.append(0b1111, 4);
      bits.append(dod, 64);
    }
  }

  /** Prometheus's ranges are shifted by one: from {@code -(2^(n-1)) + 1} to {@code 2^(n-1)}. */
  private static boolean fits(long value, int width) {
    return value > -(1L << (width - 1)) && value <= 1L << (width - 1);
  }

  private void xor(long xor) {
    if (xor == 0) {
      bits.append(0, 1);
      return;
    }
    int lead = Math.min(31, Long.numberOfLeadingZeros(xor));
    int trail = Long.numberOfTrailingZeros(xor);
    if (leading >= 0 && lead >= leading && trail >= trailing) {
      bits.append(0b10, 2);
      bits.append(xor >>> trailing, 64 - leading - trailing);
      return;
    }
    leading = lead;
    trailing = trail;
    int significant = 64 - lead - trail;
    bits.append(0b11, 2);
    bits.append(lead, 5);
    bits.append(significant & 0x3F, 6); // 64 is written as 0
    bits.append(xor >>> trail, significant);
  }
}

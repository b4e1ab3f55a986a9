package io.aom.metrics.chunk;

import io.aom.metrics.series.SampleColumns;
import java.util.Arrays;

/**
 * The samples of one series that is still written: times as deltas of deltas, values as XOR with
 * their predecessor (after Gorilla, VLDB 2015), a bit stream that only grows. Raw bits of values
 * survive, so stale markers and NaN payloads do.
 *
 * <p>One thread appends. Another may decode a {@link View} at any time: the bits a view covers
 * never change, and when the array grows the old one stays as it was. Appending allocates only when
 * the array doubles: below 8 bytes a sample for usual data.
 *
 * <p>Not final so that a head's series is one object with its chunk, one cache line to touch.
 */
public class OpenChunk {
  /** Beyond the bits written, the array always has room for the longest sample: 68 + 77 bits. */
  private static final int SLACK_BYTES = 28;

  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private int bits;
  private int count;
  private long lastTime;
  private long lastBits;
  private long lastDelta;
  private byte leading = -1;
  private byte trailing;

  /** A sample later than all before. The caller has checked that it is. */
  public final void append(long timeMillis, long valueBits) {
    if ((bits >>> 3) + SLACK_BYTES > bytes.length) {
      bytes =
          Arrays.copyOf(bytes, bytes.length == 0 ? 48 : bytes.length + (bytes.length >> 1) + 16);
    }
    int at = bits;
    byte[] to = bytes;
    if (count == 0) {
      BitSink.put(to, at, timeMillis, 64);
      BitSink.put(to, at + 64, valueBits, 64);
      at += 128;
    } else {
      long delta = timeMillis - lastTime;
      long dod = delta - lastDelta;
      lastDelta = delta;
      at = putDod(to, at, dod);
      at = putXor(to, at, valueBits ^ lastBits);
    }
    lastTime = timeMillis;
    lastBits = valueBits;
    bits = at;
    count++;
  }

  private static int putDod(byte[] to, int at, long dod) {
    if (dod == 0) {
      return at + 1;
    }
    if (dod >= -64 && dod < 64) {
      BitSink.put(to, at, 0b10L << 7 | (dod & 0x7F), 9);
      return at + 9;
    }
    if (dod >= -8192 && dod < 8192) {
      BitSink.put(to, at, 0b110L << 14 | (dod & 0x3FFF), 17);
      return at + 17;
    }
    if (dod >= -(1L << 23) && dod < 1L << 23) {
      BitSink.put(to, at, 0b1110L << 24 | (dod & 0xFFFFFF), 28);
      return at + 28;
    }
    BitSink.put(to, at, 0b1111, 4);
    BitSink.put(to, at + 4, dod, 64);
    return at + 68;
  }

  private int putXor(byte[] to, int at, long xor) {
    if (xor == 0) {
      return at + 1;
    }
    int zerosBefore = Math.min(31, Long.numberOfLeadingZeros(xor));
    int zerosAfter = Long.numberOfTrailingZeros(xor);
    if (leading >= 0 && zerosBefore >= leading && zerosAfter >= trailing) {
      int length = 64 - leading - trailing;
      BitSink.put(to, at, 0b10, 2);
      BitSink.put(to, at + 2, xor >>> trailing, length);
      return at + 2 + length;
    }
    leading = (byte) zerosBefore;
    trailing = (byte) zerosAfter;
    int length = 64 - zerosBefore - zerosAfter;
    BitSink.put(to, at, (0b11L << 5 | zerosBefore) << 6 | (length - 1), 13);
    BitSink.put(to, at + 13, xor >>> zerosAfter, length);
    return at + 13 + length;
  }

  /** How many samples were appended. */
  public final int count() {
    return count;
  }

  /** Time of the first sample; meaningless while there is none. */
  public final long firstTime() {
    return (long) BitSink.LONGS.get(bytes, 0);
  }

  /** Time of the last sample; meaningless while there is none. */
  public final long lastTime() {
    return lastTime;
  }

  /** Raw bits of the last sample's value; meaningless while there is none. */
  public final long lastBits() {
    return lastBits;
  }

  public final int allocatedBytes() {
    return bytes.length;
  }

  /** What was appended so far. To be taken while nobody appends; decodable at any later time. */
  public final View view() {
    return new View(bytes, bits, count);
  }

  /** A run of samples that does not change any more. */
  public record View(byte[] bytes, int bits, int count) {

    /** The samples in {@code (afterMillis, untilMillis]}. */
    public SampleColumns decode(long afterMillis, long untilMillis) {
      SampleColumns samples = new SampleColumns(count);
      OpenChunk.decode(bytes, count, afterMillis, untilMillis, samples);
      return samples;
    }
  }

  /**
   * Appends the samples in {@code (afterMillis, untilMillis]} of the first {@code count} that were
   * written to {@code bytes}. Allocates nothing where {@code to} has room.
   *
   * <p>This is what queries over heads spend most on, so a sample is one read of eight bytes, of
   * which at least 57 bits hold: its time, nearly always one bit, and its value.
   */
  public static void decode(
      byte[] bytes, int count, long afterMillis, long untilMillis, SampleColumns to) {
    if (count == 0) {
      return;
    }
    int size = to.size();
    to.reserve(size + count);
    long[] times = to.times();
    double[] values = to.values();
    long time = word(bytes, 0);
    long value = word(bytes, 64);
    long delta = 0;
    int length = 64;
    int trailing = 0;
    int at = 128;
    for (int left = count; time <= untilMillis; ) {
      times[size] = time;
      values[size] = Double.longBitsToDouble(value);
      size += time > afterMillis ? 1 : 0;
      if (--left == 0) {
        break;
      }
      long word = word(bytes, at);
      if (word >= 0) {
        at++;
        word <<= 1;
      } else {
        int used = dodBits(word);
        delta += used == 68 ? word(bytes, at + 4) | tail(bytes, at + 4) : dod(word, used);
        at += used;
        word = word(bytes, at);
      }
      time += delta;
      if (word >= 0) {
        at++;
        continue;
      }
      int used = 2;
      if (word << 1 < 0) {
        int leading = (int) (word << 2 >>> 59);
        length = (int) (word << 7 >>> 58) + 1;
        trailing = 64 - leading - length;
        used = 13;
      }
      if (used + length <= 56) {
        value ^= word << used >>> (64 - length) << trailing;
      } else {
        long bits = word(bytes, at + used) | tail(bytes, at + used);
        value ^= bits >>> (64 - length) << trailing;
      }
      at += used + length;
    }
    to.resize(size);
  }

  /** The bits from {@code at} on, the last seven of them perhaps missing. */
  private static long word(byte[] bytes, int at) {
    return (long) BitSink.LONGS.get(bytes, at >>> 3) << (at & 7);
  }

  /** The last bits of the 64 from {@code at} on, which {@link #word} may lack. */
  private static long tail(byte[] bytes, int at) {
    return (bytes[(at >>> 3) + 8] & 0xFFL) >>> (8 - (at & 7));
  }

  private static int dodBits(long word) {
    return switch (Long.numberOfLeadingZeros(~word)) {
      case 1 -> 9;
      case 2 -> 17;
      case 3 -> 28;
      default -> 68;
    };
  }

  private static long dod(long word, int bits) {
    return switch (bits) {
      case 9 -> word << 2 >> 57;
      case 17 -> word << 3 >> 50;
      default -> word << 4 >> 40;
    };
  }
}

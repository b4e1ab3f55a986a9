package io.aom.metrics.chunk;

import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;

/**
 * A column of doubles, lossless to the bit, in the smallest of four forms: one constant; decimal
 * numbers of few places as whole numbers, with the exceptions beside (after ALP, SIGMOD 2024); XOR
 * with the predecessor; the raw bits.
 *
 * <p>Layout: {@code docs/format/metrics-block.md}, "Value column".
 */
final class ValueColumn {
  private static final int CONSTANT = 0;
  private static final int DECIMAL = 1;
  private static final int XOR = 2;
  private static final int RAW = 3;

  private static final int MAX_PLACES = 14;
  private static final double LARGEST_WHOLE = 1L << 52;
  private static final double[] POWERS = new double[MAX_PLACES + 1];

  static {
    double power = 1;
    for (int i = 0; i <= MAX_PLACES; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private final IntColumn ints = new IntColumn();
  private final BitSink bits = new BitSink();
  private long[] whole = new long[256];

  /** Appends {@code values[0, count)}, {@code count >= 1}. */
  void encode(double[] values, int count, ProtoWriter out) {
    if (constant(values, count)) {
      out.packedVarint(CONSTANT);
      out.packedFixed64(Double.doubleToRawLongBits(values[0]));
      return;
    }
    int places = places(values, count);
    int exceptions = places < 0 ? count : toWhole(values, count, places);
    long decimalBits = Long.MAX_VALUE;
    if (exceptions <= count / 4) {
      decimalBits = ints.estimateBits(whole, count) + exceptions * 80L + 24;
      if (decimalBits <= count * 12L) {
        encodeDecimal(values, count, places, exceptions, out);
        return;
      }
    }
    encodeXor(values, count);
    long xorBits = bits.sizeBytes() * 8L;
    if (decimalBits <= Math.min(xorBits, count * 64L)) {
      encodeDecimal(values, count, places, exceptions, out);
    } else if (xorBits < count * 64L) {
      out.packedVarint(XOR);
      out.packedVarint(bits.sizeBytes());
      out.copy(bits.array(), 0, bits.sizeBytes());
    } else {
      out.packedVarint(RAW);
      for (int i = 0; i < count; i++) {
        out.packedFixed64(Double.doubleToRawLongBits(values[i]));
      }
    }
  }

  private static boolean constant(double[] values, int count) {
    long first = Double.doubleToRawLongBits(values[0]);
    for (int i = 1; i < count; i++) {
      if (Double.doubleToRawLongBits(values[i]) != first) {
        return false;
      }
    }
    return true;
  }

  /** The least number of decimal places that holds nearly all of a sample of the values, or -1. */
  private static int places(double[] values, int count) {
    int step = Math.max(1, count / 32);
    int tried = (count + step - 1) / step;
    int best = -1;
    int bestMisses = tried / 4 + 1;
    for (int places = 0; places <= MAX_PLACES; places++) {
      int misses = 0;
      for (int i = 0; i < count; i += step) {
        if (!exact(values[i], places)) {
          misses++;
        }
      }
      if (misses < bestMisses) {
        best = places;
        bestMisses = misses;
      }
      if (bestMisses == 0) {
        break;
      }
    }
    return best;
  }

  private static boolean exact(double value, int places) {
    double scaled = Math.rint(value * POWERS[places]);
    return Math.abs(scaled) <= LARGEST_WHOLE
        && Double.doubleToRawLongBits((double) (long) scaled / POWERS[places])
            == Double.doubleToRawLongBits(value);
  }

  /** Fills the whole numbers; an exception repeats its predecessor. Returns how many those are. */
  private int toWhole(double[] values, int count, int places) {
    if (whole.length < count) {
      whole = new long[Math.max(count, whole.length * 2)];
    }
    int exceptions = 0;
    long last = 0;
    for (int i = 0; i < count; i++) {
      if (exact(values[i], places)) {
        last = (long) Math.rint(values[i] * POWERS[places]);
      } else {
        exceptions++;
      }
      whole[i] = last;
    }
    return exceptions;
  }

  private void encodeDecimal(
      double[] values, int count, int places, int exceptions, ProtoWriter out) {
    out.packedVarint(DECIMAL);
    out.packedVarint(places);
    out.packedVarint(exceptions);
    int last = 0;
    for (int i = 0; i < count && exceptions > 0; i++) {
      if (!exact(values[i], places)) {
        out.packedVarint(i - last);
        out.packedFixed64(Double.doubleToRawLongBits(values[i]));
        last = i;
      }
    }
    ints.encode(whole, count, out);
  }

  private void encodeXor(double[] values, int count) {
    bits.clear();
    long last = 0;
    int leading = -1;
    int trailing = 0;
    for (int i = 0; i < count; i++) {
      long value = Double.doubleToRawLongBits(values[i]);
      long xor = value ^ last;
      last = value;
      if (xor == 0) {
        bits.append(0, 1);
        continue;
      }
      int zerosBefore = Math.min(31, Long.numberOfLeadingZeros(xor));
      int zerosAfter = Long.numberOfTrailingZeros(xor);
      if (leading >= 0 && zerosBefore >= leading && zerosAfter >= trailing) {
        bits.append(0b10, 2);
      } else {
        leading = zerosBefore;
        trailing = zerosAfter;
        bits.append((0b11L << 5 | leading) << 6 | (63 - leading - trailing), 13);
      }
      bits.append(xor >>> trailing, 64 - leading - trailing);
    }
  }

  /** Reads {@code count >= 1} values and leaves the reader behind the column. */
  static double[] decode(ProtoReader in, int count) {
    long form = in.packedVarint();
    if (form == CONSTANT) {
      double[] values = new double[count];
      java.util.Arrays.fill(values, Double.longBitsToDouble(in.packedFixed64()));
      return values;
    }
    if (form == DECIMAL) {
      return decodeDecimal(in, count);
    }
    if (form == XOR) {
      return decodeXor(in, count);
    }
    if (form != RAW) {
      throw new CorruptChunkException("value column form: " + form + " (expected: 0 to 3)");
    }
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = Double.longBitsToDouble(in.packedFixed64());
    }
    return values;
  }

  private static double[] decodeDecimal(ProtoReader in, int count) {
    long places = in.packedVarint();
    if (places < 0 || places > MAX_PLACES) {
      throw new CorruptChunkException("places: " + places + " (expected: 0 to " + MAX_PLACES + ")");
    }
    long exceptions = in.packedVarint();
    if (exceptions < 0 || exceptions > count) {
      throw new CorruptChunkException(
          "exceptions: " + exceptions + " (expected: 0 to " + count + ")");
    }
    int[] positions = new int[(int) exceptions];
    long[] raw = new long[(int) exceptions];
    long position = 0;
    for (int i = 0; i < positions.length; i++) {
      position += in.packedVarint();
      if (position < 0 || position >= count) {
        throw new CorruptChunkException(
            "exception position: " + position + " (expected: below " + count + ")");
      }
      positions[i] = (int) position;
      raw[i] = in.packedFixed64();
    }
    long[] whole = IntColumn.decode(in, count);
    double divisor = POWERS[(int) places];
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = (double) whole[i] / divisor;
    }
    for (int i = 0; i < positions.length; i++) {
      values[positions[i]] = Double.longBitsToDouble(raw[i]);
    }
    return values;
  }

  private static double[] decodeXor(ProtoReader in, int count) {
    long length = in.packedVarint();
    int from = in.position();
    if (length < 0 || length > Integer.MAX_VALUE) {
      throw new CorruptChunkException("XOR length: " + length + " (expected: an int)");
    }
    in.advance((int) length);
    BitSource source = new BitSource(in.bytes(), from, from + (int) length);
    double[] values = new double[count];
    long value = 0;
    int leading = 0;
    int trailing = 0;
    for (int i = 0; i < count; i++) {
      if (source.readBit()) {
        if (source.readBit()) {
          leading = (int) source.read(5);
          trailing = 63 - leading - (int) source.read(6);
          if (trailing < 0) {
            throw new CorruptChunkException("XOR window: " + trailing + " (expected: 0 or more)");
          }
        }
        value ^= source.read(64 - leading - trailing) << trailing;
      }
      values[i] = Double.longBitsToDouble(value);
    }
    return values;
  }
}

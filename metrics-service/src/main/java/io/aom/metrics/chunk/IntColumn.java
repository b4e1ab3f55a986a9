package io.aom.metrics.chunk;

import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;

/**
 * A column of whole numbers in the smallest of four forms: distances from the least number, from
 * the least delta, from the least delta of deltas (each bit-packed with one width), or deltas as
 * varints, which a single outlier does not widen. Arithmetic wraps, so any long survives.
 *
 * <p>Layout: {@code docs/format/metrics-block.md}, "Integer column".
 */
final class IntColumn {
  private static final int PLAIN = 0;
  private static final int DELTA = 1;
  private static final int DELTA_OF_DELTA = 2;
  private static final int VARINT_DELTA = 3;

  private final BitSink bits = new BitSink();
  private long[] scratch = new long[256];

  /** Appends {@code values[0, count)}, {@code count >= 1}; returns the number of bytes. */
  int encode(long[] values, int count, ProtoWriter out) {
    int before = out.size();
    int best = PLAIN;
    long bestBits = packedBits(values, count, PLAIN);
    for (int form = DELTA; form <= VARINT_DELTA; form++) {
      long cost =
          form == VARINT_DELTA ? varintBits(values, count) : packedBits(values, count, form);
      if (cost < bestBits) {
        bestBits = cost;
        best = form;
      }
    }
    out.packedVarint(best);
    if (best == VARINT_DELTA) {
      long last = 0;
      for (int i = 0; i < count; i++) {
        out.packedVarint(zigzag(values[i] - last));
        last = values[i];
      }
    } else {
      encodePacked(values, count, best, out);
    }
    return out.size() - before;
  }

  /** Bits the column would take, to compare it with other forms of the same data. */
  long estimateBits(long[] values, int count) {
    long least = varintBits(values, count);
    for (int form = PLAIN; form <= DELTA_OF_DELTA; form++) {
      least = Math.min(least, packedBits(values, count, form));
    }
    return least + 8;
  }

  private static long varintBits(long[] values, int count) {
    long bytes = 0;
    long last = 0;
    for (int i = 0; i < count; i++) {
      bytes += ProtoWriter.varintSize(zigzag(values[i] - last));
      last = values[i];
    }
    return bytes * 8;
  }

  private long packedBits(long[] values, int count, int form) {
    int left = difference(values, count, form);
    long head = 0;
    for (int i = 0; i < count - left; i++) {
      head += ProtoWriter.varintSize(zigzag(i == 0 ? values[0] : values[1] - values[0]));
    }
    if (left == 0) {
      return head * 8;
    }
    return (head + ProtoWriter.varintSize(zigzag(minimum(left))) + 1) * 8
        + (long) left * width(left);
  }

  private void encodePacked(long[] values, int count, int form, ProtoWriter out) {
    int left = difference(values, count, form);
    for (int i = 0; i < count - left; i++) {
      out.packedVarint(zigzag(i == 0 ? values[0] : values[1] - values[0]));
    }
    if (left == 0) {
      return;
    }
    long minimum = minimum(left);
    int width = width(left);
    out.packedVarint(zigzag(minimum));
    out.packedVarint(width);
    bits.clear();
    for (int i = 0; i < left; i++) {
      bits.append(scratch[i] - minimum, width);
    }
    out.copy(bits.array(), 0, bits.sizeBytes());
  }

  /** Fills the scratch with what is packed; returns how many, the rest goes ahead as varints. */
  private int difference(long[] values, int count, int form) {
    int ahead = Math.min(form, count);
    int left = count - ahead;
    if (scratch.length < left) {
      scratch = new long[Math.max(left, scratch.length * 2)];
    }
    for (int i = 0; i < left; i++) {
      int at = i + ahead;
      scratch[i] =
          switch (form) {
            case PLAIN -> values[at];
            case DELTA -> values[at] - values[at - 1];
            default -> values[at] - 2 * values[at - 1] + values[at - 2];
          };
    }
    return left;
  }

  private long minimum(int count) {
    long minimum = scratch[0];
    for (int i = 1; i < count; i++) {
      minimum = Math.min(minimum, scratch[i]);
    }
    return minimum;
  }

  private int width(int count) {
    long minimum = minimum(count);
    long all = 0;
    for (int i = 0; i < count; i++) {
      all |= scratch[i] - minimum;
    }
    return 64 - Long.numberOfLeadingZeros(all);
  }

  /** Reads {@code count >= 1} numbers and leaves the reader behind the column. */
  static long[] decode(ProtoReader in, int count) {
    long form = in.packedVarint();
    long[] values = new long[count];
    if (form == VARINT_DELTA) {
      long last = 0;
      for (int i = 0; i < count; i++) {
        last += unzigzag(in.packedVarint());
        values[i] = last;
      }
      return values;
    }
    if (form < PLAIN || form > DELTA_OF_DELTA) {
      throw new CorruptChunkException("integer column form: " + form + " (expected: 0 to 3)");
    }
    int ahead = (int) Math.min(form, count);
    for (int i = 0; i < ahead; i++) {
      long number = unzigzag(in.packedVarint());
      values[i] = i == 0 ? number : values[0] + number;
    }
    int left = count - ahead;
    if (left == 0) {
      return values;
    }
    long minimum = unzigzag(in.packedVarint());
    long width = in.packedVarint();
    if (width < 0 || width > 64) {
      throw new CorruptChunkException("bit width: " + width + " (expected: 0 to 64)");
    }
    int from = in.position();
    long length = ((long) left * width + 7) >>> 3;
    if (length > Integer.MAX_VALUE) {
      throw new CorruptChunkException("packed length: " + length + " (expected: an int)");
    }
    in.advance((int) length);
    BitSource source = new BitSource(in.bytes(), from, from + (int) length);
    source.readAll((int) width, minimum, values, ahead, count);
    if (form == DELTA) {
      long last = values[0];
      for (int i = 1; i < count; i++) {
        last += values[i];
        values[i] = last;
      }
    } else if (form == DELTA_OF_DELTA) {
      long last = values[1];
      long delta = last - values[0];
      for (int i = 2; i < count; i++) {
        delta += values[i];
        last += delta;
        values[i] = last;
      }
    }
    return values;
  }

  static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}

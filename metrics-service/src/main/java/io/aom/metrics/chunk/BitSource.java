package io.aom.metrics.chunk;

/** Reads numbers of 0 to 64 bits, the highest bit first, and never past its end. */
final class BitSource {
  private final byte[] bytes;
  private final int endBits;
  private final int fastEndBits;
  private int position;

  /** Reads {@code bytes[from, to)}. */
  BitSource(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.position = Math.multiplyExact(from, 8);
    this.endBits = Math.multiplyExact(to, 8);
    this.fastEndBits = (bytes.length - 8) * 8;
  }

  long read(int count) {
    if (count > 56) {
      long high = read(count - 32);
      return high << 32 | read(32);
    }
    if (count == 0) {
      return 0;
    }
    if (position + count > endBits) {
      throw new CorruptChunkException(
          "bit " + position + ": end of column (expected: " + count + " bits)");
    }
    int at = position >>> 3;
    long word = position <= fastEndBits ? (long) BitSink.LONGS.get(bytes, at) : slowWord(at);
    long value = word << (position & 7) >>> (64 - count);
    position += count;
    return value;
  }

  /**
   * Reads numbers of one width into {@code to[from, end)}, each with {@code plus} added.
   *
   * @param width 0 to 64 bits
   */
  void readAll(int width, long plus, long[] to, int from, int end) {
    int next = from;
    if (width > 0 && width <= 56 && position <= fastEndBits) {
      // Here one read of eight bytes has all of a number, so it needs no check of its own.
      if (position + (long) (end - from) * width > endBits) {
        throw new CorruptChunkException(
            "bit "
                + position
                + ": end of column (expected: "
                + (end - from)
                + " of "
                + width
                + ")");
      }
      int fast = Math.min(end, from + (fastEndBits - position) / width + 1);
      byte[] source = bytes;
      int at = position;
      int shift = 64 - width;
      for (; next < fast; next++) {
        to[next] = plus + ((long) BitSink.LONGS.get(source, at >>> 3) << (at & 7) >>> shift);
        at += width;
      }
      position = at;
    }
    for (; next < end; next++) {
      to[next] = plus + read(width);
    }
  }

  boolean readBit() {
    return read(1) != 0;
  }

  private long slowWord(int at) {
    long word = 0;
    for (int i = 0; i < 8; i++) {
      word = word << 8 | (at + i < bytes.length ? bytes[at + i] & 0xFF : 0);
    }
    return word;
  }
}

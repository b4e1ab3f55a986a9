package io.aom.logs.block;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Collects the content of one column and closes it into an envelope: version, codec, length of the
 * content, content, checksum. Reused from column to column. Not thread-safe.
 */
final class ColumnWriter implements AutoCloseable {
  static final int VERSION = 1;
  static final int CODEC_PLAIN = 0;
  static final int CODEC_ZSTD = 1;
  static final int HEADER_BYTES = 6;
  static final int CHECKSUM_BYTES = 4;

  /** Below this, a zstd frame's own header costs about what it saves. */
  private static final int SMALLEST_COMPRESSED = 64;

  private static final int ZSTD_LEVEL = 1;

  private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
  private final CRC32C checksum = new CRC32C();
  private byte[] content = new byte[1 << 16];
  private byte[] envelope = new byte[1 << 16];
  private int size;

  ColumnWriter u8(int value) {
    ensure(1);
    content[size++] = (byte) value;
    return this;
  }

  ColumnWriter varint(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      content[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    content[size++] = (byte) rest;
    return this;
  }

  ColumnWriter zigzag(long value) {
    return varint(value << 1 ^ value >> 63);
  }

  ColumnWriter bytes(byte[] source, int from, int to) {
    ensure(to - from);
    System.arraycopy(source, from, content, size, to - from);
    size += to - from;
    return this;
  }

  /** Closes the column and starts an empty one. */
  byte[] finish() {
    int bound = HEADER_BYTES + (int) Math.max(size, Zstd.compressBound(size)) + CHECKSUM_BYTES;
    if (envelope.length < bound) {
      envelope = new byte[bound];
    }
    int codec = CODEC_PLAIN;
    int stored = size;
    if (size >= SMALLEST_COMPRESSED) {
      int compressed =
          zstd.compressByteArray(
              envelope, HEADER_BYTES, envelope.length - HEADER_BYTES, content, 0, size);
      if (compressed < size) {
        codec = CODEC_ZSTD;
        stored = compressed;
      }
    }
    if (codec == CODEC_PLAIN) {
      System.arraycopy(content, 0, envelope, HEADER_BYTES, size);
    }
    envelope[0] = VERSION;
    envelope[1] = (byte) codec;
    putInt(2, size);
    int end = HEADER_BYTES + stored;
    checksum.reset();
    checksum.update(envelope, 0, end);
    putInt(end, (int) checksum.getValue());
    size = 0;
    return Arrays.copyOf(envelope, end + CHECKSUM_BYTES);
  }

  private void putInt(int at, int value) {
    envelope[at] = (byte) value;
    envelope[at + 1] = (byte) (value >>> 8);
    envelope[at + 2] = (byte) (value >>> 16);
    envelope[at + 3] = (byte) (value >>> 24);
  }

  private void ensure(int more) {
    if (content.length - size < more) {
      content = Arrays.copyOf(content, Math.max(Math.addExact(size, more), content.length * 2));
    }
  }

  @Override
  public void close() {
    zstd.close();
  }
}

package io.aom.logs.block;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Opens the envelope of one column and reads its content.
 *
 * <p>Every method throws {@link CorruptColumnException} where the bytes are not what was written;
 * nothing larger than {@link #MAX_CONTENT_BYTES} is allocated.
 */
final class ColumnReader {
  static final int MAX_CONTENT_BYTES = 256 << 20;

  /** A block of 128 KiB takes 4 bytes at least; nothing unfolds further. */
  private static final int ZSTD_MOST = 1 << 15;

  private final String name;
  private final byte[] content;
  private int position;

  private ColumnReader(String name, byte[] content) {
    this.name = name;
    this.content = content;
  }

  static ColumnReader open(String name, byte[] envelope) {
    int end = envelope.length - ColumnWriter.CHECKSUM_BYTES;
    if (end < ColumnWriter.HEADER_BYTES) {
      throw corrupt(name, "length " + envelope.length, "at least 10");
    }
    if (envelope[0] != ColumnWriter.VERSION) {
      throw corrupt(name, "version " + envelope[0], "" + ColumnWriter.VERSION);
    }
    CRC32C checksum = new CRC32C();
    checksum.update(envelope, 0, end);
    if ((int) checksum.getValue() != intAt(envelope, end)) {
      throw corrupt(name, "checksum", "that of the content");
    }
    int length = intAt(envelope, 2);
    if (length < 0 || length > MAX_CONTENT_BYTES) {
      throw corrupt(name, "content length " + length, "at most " + MAX_CONTENT_BYTES);
    }
    return new ColumnReader(name, content(name, envelope, end, length));
  }

  private static byte[] content(String name, byte[] envelope, int end, int length) {
    int stored = end - ColumnWriter.HEADER_BYTES;
    return switch (envelope[1]) {
      case ColumnWriter.CODEC_PLAIN -> {
        if (stored != length) {
          throw corrupt(name, "content length " + stored, "" + length);
        }
        yield Arrays.copyOfRange(envelope, ColumnWriter.HEADER_BYTES, end);
      }
      case ColumnWriter.CODEC_ZSTD -> decompress(name, envelope, stored, length);
      default -> throw corrupt(name, "codec " + envelope[1], "0 or 1");
    };
  }

  private static byte[] decompress(String name, byte[] envelope, int stored, int length) {
    long inFrame = Zstd.getFrameContentSize(envelope, ColumnWriter.HEADER_BYTES, stored);
    if (inFrame != length || length > (long) stored * ZSTD_MOST) {
      throw corrupt(name, "frame of " + stored + " bytes for " + inFrame, "" + length);
    }
    byte[] content = new byte[length];
    try {
      long written =
          Zstd.decompressByteArray(content, 0, length, envelope, ColumnWriter.HEADER_BYTES, stored);
      if (written != length) {
        throw corrupt(name, "content length " + written, "" + length);
      }
    } catch (ZstdException e) {
      throw new CorruptColumnException(name + ": " + e.getMessage(), e);
    }
    return content;
  }

  long varint() {
    long value = 0;
    int shift = 0;
    while (position < content.length) {
      byte b = content[position++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
      shift += 7;
      if (shift > 63) {
        throw corrupt(name, "varint longer than 10 bytes", "at most 10");
      }
    }
    throw corrupt(name, "end inside a number", "more bytes");
  }

  long zigzag() {
    long raw = varint();
    return raw >>> 1 ^ -(raw & 1);
  }

  int u8() {
    return content[advance(1)] & 0xFF;
  }

  /** A number of things that follow, each of at least {@code minBytes}. */
  int count(int minBytes) {
    long count = varint();
    if (count < 0 || count * minBytes > content.length - position || count > content.length) {
      throw corrupt(name, "count " + count, "as many as there are bytes for");
    }
    return (int) count;
  }

  /** A number below {@code limit}. */
  int below(int limit) {
    long value = varint();
    if (value < 0 || value >= limit) {
      throw corrupt(name, "number " + value, "below " + limit);
    }
    return (int) value;
  }

  /** Moves over {@code length} bytes and returns where they begin in {@link #content}. */
  int advance(long length) {
    if (length < 0 || length > content.length - position) {
      throw corrupt(name, "length " + length, "at most " + (content.length - position));
    }
    int start = position;
    position += (int) length;
    return start;
  }

  byte[] content() {
    return content;
  }

  private static int intAt(byte[] bytes, int at) {
    return (bytes[at] & 0xFF)
        | (bytes[at + 1] & 0xFF) << 8
        | (bytes[at + 2] & 0xFF) << 16
        | (bytes[at + 3] << 24);
  }

  private static CorruptColumnException corrupt(String name, String found, String expected) {
    return new CorruptColumnException(
        "column " + name + ": " + found + " (expected: " + expected + ")");
  }
}

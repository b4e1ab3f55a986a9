package io.aom.topology.column;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads what {@link ColumnWriter} wrote, in the same order. Every method throws {@link
 * MalformedColumnException} where the bytes end too early or make no sense. Not thread-safe.
 */
public final class ColumnReader {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final byte[] bytes;
  private final int limit;
  private int position;

  private ColumnReader(String name, byte[] bytes, int position, int limit) {
    this.name = name;
    this.bytes = bytes;
    this.position = position;
    this.limit = limit;
  }

  /** Checks the column's checksum and that its version is {@code version}. */
  public static ColumnReader of(String name, byte[] column, int version) {
    if (column.length < 5) {
      throw new MalformedColumnException(
          name + ": " + column.length + " bytes (expected: at least 5)");
    }
    int end = column.length - 4;
    CRC32C crc = new CRC32C();
    crc.update(column, 0, end);
    int stored = (int) INTS.get(column, end);
    if (stored != (int) crc.getValue()) {
      throw new MalformedColumnException(
          name
              + ": checksum "
              + Integer.toHexString(stored)
              + " (expected: "
              + Integer.toHexString((int) crc.getValue())
              + ")");
    }
    if (column[0] != version) {
      throw new MalformedColumnException(
          name + ": version " + column[0] + " (expected: " + version + ")");
    }
    return new ColumnReader(name, column, 1, end);
  }

  /** Reads values that have neither version nor checksum. */
  public static ColumnReader plain(String name, byte[] bytes) {
    return new ColumnReader(name, bytes, 0, bytes.length);
  }

  public int u8() {
    need(1);
    return bytes[position++] & 0xFF;
  }

  public int i32() {
    need(4);
    int value = (int) INTS.get(bytes, position);
    position += 4;
    return value;
  }

  public long i64() {
    need(8);
    long value = (long) LONGS.get(bytes, position);
    position += 8;
    return value;
  }

  public long varint() {
    long value = 0;
    for (int shift = 0; shift <= 63; shift += 7) {
      need(1);
      byte b = bytes[position++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("varint longer than 10 bytes");
  }

  public long signed() {
    long raw = varint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** A varint that must lie in {@code [0, bound)}. */
  public int below(int bound) {
    long value = varint();
    if (value < 0 || value >= bound) {
      throw malformed(value + " (expected: 0 to " + (bound - 1) + ")");
    }
    return (int) value;
  }

  /**
   * A count of things that take at least one byte each, so that a corrupt one cannot make a reader
   * allocate more than the column's own size.
   */
  public int count() {
    long value = varint();
    if (value < 0 || value > limit - position) {
      throw malformed("count " + value + " (expected: at most " + (limit - position) + ")");
    }
    return (int) value;
  }

  public String text() {
    int length = count();
    String value = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  public byte[] blob() {
    int length = count();
    position += length;
    return Arrays.copyOfRange(bytes, position - length, position);
  }

  /** Moves over {@code length} bytes; where they begin in {@link #bytes}. */
  public int skip(int length) {
    need(length);
    position += length;
    return position - length;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int remaining() {
    return limit - position;
  }

  /** Says that the column was to end here. */
  public void end() {
    if (position != limit) {
      throw malformed((limit - position) + " bytes left (expected: none)");
    }
  }

  public MalformedColumnException malformed(String what) {
    return new MalformedColumnException(name + ": byte " + position + ": " + what);
  }

  private void need(int length) {
    if (length < 0 || limit - position < length) {
      throw malformed("end of column (expected: " + length + " bytes)");
    }
  }
}

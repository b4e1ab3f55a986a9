package io.aom.topology.column;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes a column: one byte of version, values, and a CRC-32C of all before it. Numbers are
 * little-endian or LEB128 varints, text is its length in bytes and UTF-8. Not thread-safe.
 */
public final class ColumnWriter {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int size;

  /** Starts a column of {@code version}, 0 to 127. */
  public ColumnWriter(int version, int initialCapacity) {
    bytes = new byte[Math.max(16, initialCapacity)];
    bytes[size++] = (byte) version;
  }

  /** Writes values without version or checksum, for {@link #array}. */
  public ColumnWriter(int initialCapacity) {
    bytes = new byte[Math.max(16, initialCapacity)];
  }

  public ColumnWriter u8(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
    return this;
  }

  public ColumnWriter i32(int value) {
    ensure(4);
    INTS.set(bytes, size, value);
    size += 4;
    return this;
  }

  public ColumnWriter i64(long value) {
    ensure(8);
    LONGS.set(bytes, size, value);
    size += 8;
    return this;
  }

  /** An unsigned varint of 1 to 10 bytes. */
  public ColumnWriter varint(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  /** A signed number, zigzag coded. */
  public ColumnWriter signed(long value) {
    return varint((value << 1) ^ (value >> 63));
  }

  public ColumnWriter text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return varint(utf8.length).raw(utf8, 0, utf8.length);
  }

  /** Length as a varint, then the bytes. */
  public ColumnWriter blob(byte[] value) {
    return varint(value.length).raw(value, 0, value.length);
  }

  public ColumnWriter raw(byte[] source, int from, int length) {
    ensure(length);
    System.arraycopy(source, from, bytes, size, length);
    size += length;
    return this;
  }

  public int size() {
    return size;
  }

  /** The array behind, of which {@link #size} bytes count; valid until the next write. */
  public byte[] array() {
    return bytes;
  }

  /** Forgets what was written. */
  public void clear() {
    size = 0;
  }

  /** The column with its checksum; the writer is of no more use. */
  public byte[] finish() {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, size);
    i32((int) crc.getValue());
    return Arrays.copyOf(bytes, size);
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }
}

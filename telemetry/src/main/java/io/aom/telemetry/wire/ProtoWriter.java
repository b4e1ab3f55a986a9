package io.aom.telemetry.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Appends protobuf fields to a growing byte array. A nested message is written between {@link
 * #begin} and {@link #end}, which moves it up when its length needs more than one byte.
 *
 * <p>Not thread-safe. Reusable after {@link #clear}; allocates only when it grows.
 */
public final class ProtoWriter {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int size;

  public ProtoWriter(int initialCapacity) {
    bytes = new byte[Math.max(16, initialCapacity)];
  }

  public int size() {
    return size;
  }

  public void clear() {
    size = 0;
  }

  /** The written bytes, copied. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** The array behind, of which the first {@link #size} bytes count; valid until the next write. */
  public byte[] array() {
    return bytes;
  }

  /** Starts a nested message; give the result to {@link #end}. */
  public int begin(int field) {
    tag(field, ProtoReader.BYTES);
    ensure(1);
    return size++;
  }

  public void end(int begun) {
    int length = size - begun - 1;
    int extra = varintSize(length) - 1;
    if (extra > 0) {
      ensure(extra);
      System.arraycopy(bytes, begun + 1, bytes, begun + 1 + extra, length);
    }
    size = begun;
    raw(length);
    size += length;
  }

  public ProtoWriter varint(int field, long value) {
    tag(field, ProtoReader.VARINT);
    raw(value);
    return this;
  }

  /** A zigzag-coded signed integer ({@code sint32}, {@code sint64}). */
  public ProtoWriter sint(int field, long value) {
    return varint(field, (value << 1) ^ (value >> 63));
  }

  public ProtoWriter fixed64(int field, long value) {
    tag(field, ProtoReader.FIXED64);
    packedFixed64(value);
    return this;
  }

  public ProtoWriter fixed32(int field, int value) {
    tag(field, ProtoReader.FIXED32);
    ensure(4);
    INTS.set(bytes, size, value);
    size += 4;
    return this;
  }

  /** A double with its bits untouched. */
  public ProtoWriter float64(int field, double value) {
    return fixed64(field, Double.doubleToRawLongBits(value));
  }

  public ProtoWriter string(int field, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return bytes(field, utf8, 0, utf8.length);
  }

  public ProtoWriter bytes(int field, byte[] source, int from, int length) {
    tag(field, ProtoReader.BYTES);
    raw(length);
    copy(source, from, length);
    return this;
  }

  /** A packed varint field of the first {@code count} values, none of which is negative. */
  public void packedVarints(int field, int[] values, int count) {
    int begun = begin(field);
    ensure(5 * count);
    int at = size;
    for (int i = 0; i < count; i++) {
      at = putVarint(bytes, at, values[i]);
    }
    size = at;
    end(begun);
  }

  /** An element of a packed varint field, between {@link #begin} and {@link #end}. */
  public void packedVarint(long value) {
    raw(value);
  }

  /** An element of a packed fixed64 or double field, between {@link #begin} and {@link #end}. */
  public void packedFixed64(long value) {
    ensure(8);
    LONGS.set(bytes, size, value);
    size += 8;
  }

  /** Copies bytes as they stand: a whole field with its tag, say. */
  public void copy(byte[] source, int from, int length) {
    ensure(length);
    System.arraycopy(source, from, bytes, size, length);
    size += length;
  }

  /** How many bytes {@code value} takes as a varint: 1 to 10. */
  public static int varintSize(long value) {
    return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
  }

  /** Puts {@code value}, unsigned, into {@code to} from {@code at} on; the offset behind it. */
  public static int putVarint(byte[] to, int at, long value) {
    int next = at;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      to[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[next++] = (byte) rest;
    return next;
  }

  private void tag(int field, int wireType) {
    raw(((long) field << 3) | wireType);
  }

  private void raw(long value) {
    if (value >= 0 && value < 0x80 && size < bytes.length) {
      bytes[size++] = (byte) value;
      return;
    }
    ensure(10);
    size = putVarint(bytes, size, value);
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }
}

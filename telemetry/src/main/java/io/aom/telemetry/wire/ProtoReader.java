package io.aom.telemetry.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A cursor over protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) in a
 * byte array. It allocates nothing, so a caller can walk a message of any size by offsets, and
 * {@link #enter} narrows it to a nested message instead of creating another reader.
 *
 * <pre>{@code
 * while (reader.next()) {
 *   switch (reader.field()) {
 *     case 1 -> name = reader.string();
 *     case 2 -> {
 *       int end = reader.enter();
 *       while (reader.next()) { ... }
 *       reader.leave(end);
 *     }
 *     default -> reader.skip();
 *   }
 * }
 * }</pre>
 *
 * <p>Every method throws {@link MalformedWireException} where the bytes end too early or make no
 * sense; none reads outside the range it was given. Not thread-safe.
 */
public final class ProtoReader {
  public static final int VARINT = 0;
  public static final int FIXED64 = 1;
  public static final int BYTES = 2;
  public static final int FIXED32 = 5;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int position;
  private int limit;
  private int field;
  private int wireType;
  private int tagStart;

  public ProtoReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /** Reads {@code bytes[from, to)}. */
  public ProtoReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    reset(bytes, from, to);
  }

  /** Starts again on {@code bytes[from, to)}, so that one reader serves many messages. */
  public void reset(byte[] newBytes, int from, int to) {
    if (from < 0 || to < from || to > newBytes.length) {
      throw new IllegalArgumentException(
          "range: [" + from + ", " + to + ") (expected: inside 0.." + newBytes.length + ")");
    }
    bytes = newBytes;
    position = from;
    limit = to;
    field = 0;
  }

  /** Moves to the next field of the current message; false at its end. */
  public boolean next() {
    if (position >= limit) {
      return false;
    }
    tagStart = position;
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (field <= 0 || tag >>> 32 != 0) {
      throw malformed("field number " + (tag >>> 3) + " (expected: 1 to 536870911)");
    }
    return true;
  }

  public int field() {
    return field;
  }

  public int wireType() {
    return wireType;
  }

  /** Offset of the current field's tag, so that a whole field can be copied as it stands. */
  public int tagStart() {
    return tagStart;
  }

  /** Offset of the next unread byte. */
  public int position() {
    return position;
  }

  public byte[] bytes() {
    return bytes;
  }

  /**
   * Reads a length and narrows the reader to that nested message; give the result to {@link
   * #leave}.
   */
  public int enter() {
    int length = length();
    int outer = limit;
    limit = position + length;
    return outer;
  }

  /** Narrows the reader to the next {@code length} bytes, as {@link #length} returned it. */
  public int narrow(int length) {
    if (length < 0 || length > limit - position) {
      throw malformed("narrow " + length + " (expected: at most " + (limit - position) + ")");
    }
    int outer = limit;
    limit = position + length;
    return outer;
  }

  /** Ends the nested message, read to its end or not, and widens the reader to {@code outer}. */
  public void leave(int outer) {
    position = limit;
    limit = outer;
  }

  /** Reads the length of a length-delimited field and leaves the position at its first byte. */
  public int length() {
    expect(BYTES);
    long length = varint();
    if (length < 0 || length > limit - position) {
      throw malformed("length " + length + " (expected: at most " + (limit - position) + ")");
    }
    return (int) length;
  }

  /** Moves over {@code length} bytes, as {@link #length} returned it. */
  public void advance(int length) {
    if (length < 0 || length > limit - position) {
      throw malformed("advance " + length + " (expected: at most " + (limit - position) + ")");
    }
    position += length;
  }

  public String string() {
    int length = length();
    String value = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  public byte[] byteArray() {
    int length = length();
    byte[] value = new byte[length];
    System.arraycopy(bytes, position, value, 0, length);
    position += length;
    return value;
  }

  public long int64() {
    expect(VARINT);
    return varint();
  }

  public int int32() {
    return (int) int64();
  }

  public boolean bool() {
    return int64() != 0;
  }

  /** A zigzag-coded signed integer ({@code sint32}, {@code sint64}). */
  public long sint64() {
    return zigzag(int64());
  }

  public long fixed64() {
    expect(FIXED64);
    return rawFixed64();
  }

  public int fixed32() {
    expect(FIXED32);
    if (limit - position < 4) {
      throw malformed("end of message (expected: 4 bytes)");
    }
    int value = (int) INTS.get(bytes, position);
    position += 4;
    return value;
  }

  /** A double with its bits untouched, so that stale markers survive. */
  public double float64() {
    return Double.longBitsToDouble(fixed64());
  }

  /** Whether the reader stands inside a packed field or before the end of the message. */
  public boolean hasRemaining() {
    return position < limit;
  }

  /** An element of a packed varint field, after {@link #enter}. */
  public long packedVarint() {
    return varint();
  }

  /** An element of a packed field of zigzag-coded signed integers, after {@link #enter}. */
  public long packedSint64() {
    return zigzag(varint());
  }

  /** An element of a packed fixed64 or double field, after {@link #enter}. */
  public long packedFixed64() {
    return rawFixed64();
  }

  /** Skips the current field whatever its type. */
  public void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> advance(8);
      case BYTES -> advance(length());
      case FIXED32 -> advance(4);
      default -> throw malformed("wire type " + wireType + " (expected: 0, 1, 2 or 5)");
    }
  }

  private long rawFixed64() {
    if (limit - position < 8) {
      throw malformed("end of message (expected: 8 bytes)");
    }
    long value = (long) LONGS.get(bytes, position);
    position += 8;
    return value;
  }

  private long varint() {
    if (position < limit && bytes[position] >= 0) {
      return bytes[position++];
    }
    long value = 0;
    int shift = 0;
    while (position < limit) {
      byte b = bytes[position++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
      shift += 7;
      if (shift > 63) {
        throw malformed("varint longer than 10 bytes");
      }
    }
    throw malformed("end of message inside a varint");
  }

  private static long zigzag(long raw) {
    return (raw >>> 1) ^ -(raw & 1);
  }

  private void expect(int type) {
    if (wireType != type) {
      throw malformed(
          "field " + field + " has wire type " + wireType + " (expected: " + type + ")");
    }
  }

  private MalformedWireException malformed(String what) {
    return new MalformedWireException("byte " + position + ": " + what);
  }
}

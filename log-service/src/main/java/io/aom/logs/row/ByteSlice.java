package io.aom.logs.row;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A range of somebody else's bytes, filled by whoever is asked for one. Reused from row to row, so
 * that reading rows allocates nothing. Not thread-safe.
 */
public final class ByteSlice {
  private static final byte[] EMPTY = new byte[0];

  private byte[] bytes = EMPTY;
  private int from;
  private int to;

  public byte[] bytes() {
    return bytes;
  }

  public int from() {
    return from;
  }

  public int to() {
    return to;
  }

  public int length() {
    return to - from;
  }

  public boolean isEmpty() {
    return from == to;
  }

  public void set(byte[] newBytes, int newFrom, int newTo) {
    bytes = newBytes;
    from = newFrom;
    to = newTo;
  }

  public void clear() {
    set(EMPTY, 0, 0);
  }

  public byte[] toByteArray() {
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** The bytes as UTF-8 text. */
  @Override
  public String toString() {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}

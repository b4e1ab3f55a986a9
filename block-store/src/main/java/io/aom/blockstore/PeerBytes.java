package io.aom.blockstore;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Bytes between members, big-endian as {@link DataOutputStream} writes them. */
final class PeerBytes {
  private PeerBytes() {}

  @FunctionalInterface
  interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  @FunctionalInterface
  interface Reading<T> {
    T from(DataInputStream in) throws IOException;
  }

  static byte[] write(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writing.to(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("into memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws UncheckedIOException if the bytes end too early
   */
  static <T> T read(byte[] bytes, Reading<T> reading) {
    try {
      return reading.from(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException("what a member sent ends too early", e);
    }
  }

  /**
   * Decodes a message.
   *
   * @throws IllegalArgumentException if the bytes end too early or make no sense
   */
  static <T> T decode(byte[] bytes, Reading<T> reading) {
    try {
      return read(bytes, reading);
    } catch (UncheckedIOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Reads how many elements follow.
   *
   * @param elementBytes least size of one, so that a count that cannot be true reserves nothing
   */
  static int readCount(DataInputStream in, int elementBytes) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > in.available() / elementBytes) {
      throw new IOException(
          "count: " + count + " (expected: at most " + in.available() / elementBytes + ")");
    }
    return count;
  }
}

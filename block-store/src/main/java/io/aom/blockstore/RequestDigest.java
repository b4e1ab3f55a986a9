package io.aom.blockstore;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** 128 bits that stand for the bytes of a client's request. */
record RequestDigest(long high, long low) {
  static final int BYTES = 16;

  /** Null if these are not 16 bytes. */
  static @Nullable RequestDigest of(byte[] bytes) {
    if (bytes.length != BYTES) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new RequestDigest(buffer.getLong(), buffer.getLong());
  }

  void putInto(ByteBuffer buffer) {
    buffer.putLong(high).putLong(low);
  }
}

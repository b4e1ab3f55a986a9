package io.aom.metrics.chunk;

import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.zip.CRC32C;

/** The frame of a block column: a version byte ahead, a CRC-32C (little-endian) behind. */
final class Checked {
  private static final int CHECKSUM_BYTES = 4;

  private Checked() {}

  static byte[] close(ProtoWriter column) {
    long checksum = checksum(column.array(), column.size());
    byte[] bytes = new byte[column.size() + CHECKSUM_BYTES];
    System.arraycopy(column.array(), 0, bytes, 0, column.size());
    for (int i = 0; i < CHECKSUM_BYTES; i++) {
      bytes[column.size() + i] = (byte) (checksum >>> (8 * i));
    }
    return bytes;
  }

  /**
   * A reader of the column's content behind the version, after both were found right.
   *
   * @param newest the latest version the caller knows; it knows all from 1 on
   */
  static ProtoReader open(byte[] bytes, int newest, String column) {
    int length = bytes.length - CHECKSUM_BYTES;
    if (length < 1) {
      throw new CorruptChunkException(
          column
              + ": "
              + bytes.length
              + " bytes (expected: at least "
              + (CHECKSUM_BYTES + 1)
              + ")");
    }
    long stored = 0;
    for (int i = 0; i < CHECKSUM_BYTES; i++) {
      stored |= (bytes[length + i] & 0xFFL) << (8 * i);
    }
    if (stored != checksum(bytes, length)) {
      throw new CorruptChunkException(column + ": checksum differs (expected: " + stored + ")");
    }
    if (bytes[0] < 1 || bytes[0] > newest) {
      throw new CorruptChunkException(
          column + ": version " + bytes[0] + " (expected: 1 to " + newest + ")");
    }
    return new ProtoReader(bytes, 1, length);
  }

  private static long checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return crc.getValue();
  }
}

package io.aom.fuzz;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Columns of a block in one input, each as its number, its length in two bytes and its content
 * without the checksum, which is made right: mutants are to reach what is behind it.
 */
final class Columns {
  private static final int CHECKSUM_BYTES = 4;
  private static final int HEAD_BYTES = 3;

  private Columns() {}

  /** Columns as an input; those that are not there are left out. */
  static byte[] join(List<String> names, Map<String, byte[]> columns) {
    byte[] input = new byte[0];
    for (int i = 0; i < names.size(); i++) {
      byte[] column = columns.get(names.get(i));
      if (column != null) {
        int length = column.length - CHECKSUM_BYTES;
        int at = input.length;
        input = Arrays.copyOf(input, at + HEAD_BYTES + length);
        input[at] = (byte) i;
        input[at + 1] = (byte) (length >>> 8);
        input[at + 2] = (byte) length;
        System.arraycopy(column, 0, input, at + HEAD_BYTES, length);
      }
    }
    return input;
  }

  /** The columns of any input from an offset on; of several of a name the last one counts. */
  static Map<String, byte[]> of(List<String> names, byte[] input, int from) {
    Map<String, byte[]> columns = new LinkedHashMap<>();
    int at = from;
    while (input.length - at >= HEAD_BYTES) {
      String name = names.get((input[at] & 0xFF) % names.size());
      int length = (input[at + 1] & 0xFF) << 8 | input[at + 2] & 0xFF;
      at += HEAD_BYTES;
      int to = Math.min(input.length, at + length);
      columns.put(name, withChecksum(Arrays.copyOfRange(input, at, to)));
      at = to;
    }
    return columns;
  }

  static byte[] withChecksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content, 0, content.length);
    byte[] column = Arrays.copyOf(content, content.length + CHECKSUM_BYTES);
    for (int i = 0; i < CHECKSUM_BYTES; i++) {
      column[content.length + i] = (byte) (crc.getValue() >>> (8 * i));
    }
    return column;
  }

  /** The content of a column, without its checksum. */
  static byte[] content(byte[] column) {
    return Arrays.copyOf(column, column.length - CHECKSUM_BYTES);
  }
}

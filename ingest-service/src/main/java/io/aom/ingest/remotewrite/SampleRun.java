package io.aom.ingest.remotewrite;

/**
 * Looks over sample fields that stand in a row as nearly every sender writes them (value, time,
 * perhaps start time, each once and in order), so that they can be copied in one go. Whatever looks
 * otherwise is left to the general reader. Not thread-safe; allocates nothing.
 */
final class SampleRun {
  private static final byte SAMPLE = 2 << 3 | 2;
  private static final byte VALUE = 1 << 3 | 1;
  private static final byte TIMESTAMP = 2 << 3;
  private static final byte START_TIMESTAMP = 3 << 3;

  private int position;
  private long varint;

  /**
   * How many samples {@code bytes[from, to)} holds if it holds nothing else and all are within
   * {@code [earliest, latest]}; otherwise -1.
   */
  int count(byte[] bytes, int from, int to, long earliest, long latest) {
    int count = 0;
    int at = from;
    while (at < to) {
      if (bytes[at] != SAMPLE || to - at < 2) {
        return -1;
      }
      int length = bytes[at + 1];
      int end = at + 2 + length;
      if (length < 0 || end > to) {
        return -1;
      }
      position = at + 2;
      if (position < end && bytes[position] == VALUE) {
        position += 9;
      }
      long time = 0;
      if (position < end && bytes[position] == TIMESTAMP) {
        if (!readVarint(bytes, end)) {
          return -1;
        }
        time = varint;
      }
      if (position < end && bytes[position] == START_TIMESTAMP && !readVarint(bytes, end)) {
        return -1;
      }
      if (position != end || time < earliest || time > latest) {
        return -1;
      }
      count++;
      at = end;
    }
    return count;
  }

  private boolean readVarint(byte[] bytes, int end) {
    long value = 0;
    int at = position + 1;
    for (int shift = 0; shift < 64 && at < end; shift += 7) {
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        position = at;
        varint = value;
        return true;
      }
    }
    return false;
  }
}

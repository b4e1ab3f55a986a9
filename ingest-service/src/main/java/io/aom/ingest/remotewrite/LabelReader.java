package io.aom.ingest.remotewrite;

import io.aom.ingest.series.SeriesCache;
import io.aom.telemetry.remotewrite.RemoteWriteV1.Label;
import io.aom.telemetry.remotewrite.RemoteWriteV1.TimeSeries;
import io.aom.telemetry.remotewrite.SymbolTable;
import java.util.Arrays;

/**
 * Reads the labels of the series of a remote write 1.0 request, one after the other: a label that
 * stands where the series before had it is compared, not looked up. Only labels in the common way
 * are read, first in their series, name before value, lengths of one or two bytes; of any other
 * series there are none. Not thread-safe. Reusable; allocates only when it grows.
 */
final class LabelReader {
  /** More labels than any limit would allow; a series with more has none here. */
  static final int MOST_LABELS = 1024;

  private static final byte LABEL_TAG = TimeSeries.LABELS << 3 | 2;
  private static final byte NAME_TAG = Label.NAME << 3 | 2;
  private static final byte VALUE_TAG = Label.VALUE << 3 | 2;

  private static final byte[] NOTHING = new byte[0];

  private final SymbolTable symbols;
  private byte[] body = NOTHING;

  /** Where the labels of the last series stand, and their symbols: name and value in turn. */
  private int[] labelFrom = new int[32];

  private int[] labelLength = new int[32];
  private int[] nameLength = new int[32];
  private int[] ids = new int[64];
  private int known;

  /** Where the last of them ends. */
  private int knownTo;

  /** What each of them adds to the key of its series. */
  private long[] keyShare = new long[32];

  LabelReader(SymbolTable symbols) {
    this.symbols = symbols;
  }

  /** Starts with a request. */
  void begin(byte[] request) {
    body = request;
    known = 0;
  }

  /** Lets go of the request. */
  void end() {
    body = NOTHING;
  }

  /**
   * Reads the labels that stand first; the offset behind them, or -1 if they are not written in the
   * common way.
   */
  int read(int from, int to) {
    int before = known;
    known = 0;
    int at = from;
    int count = 0;
    while (at < to && body[at] == LABEL_TAG) {
      if (to - at < 3) {
        return -1;
      }
      int length = body[at + 1];
      int start = at + 2;
      if (length < 0) {
        if (body[at + 2] < 0) {
          return -1;
        }
        length = (length & 0x7F) | (body[at + 2] << 7);
        start = at + 3;
      }
      int end = start + length;
      if (end > to || count == MOST_LABELS) {
        return -1;
      }
      if (count == labelFrom.length) {
        grow();
      }
      boolean compared = count < before;
      int earlierTo = labelFrom[count] + labelLength[count];
      boolean same =
          compared
              && length == labelLength[count]
              && Arrays.equals(body, start, end, body, labelFrom[count], earlierTo);
      if (!same && !label(count, start, end, compared)) {
        return -1;
      }
      labelFrom[count] = start;
      labelLength[count] = length;
      count++;
      at = end;
      if (!same && count < before && sameFrom(at, to, earlierTo)) {
        for (int shift = at - earlierTo; count < before; count++) {
          labelFrom[count] += shift;
        }
        at += knownTo - earlierTo;
      }
    }
    known = count;
    knownTo = at;
    return at;
  }

  /** The same without a look at the series before. */
  void readAlone(int from, int to) {
    known = 0;
    read(from, to);
  }

  /** Names and values of the series just read. */
  int symbolCount() {
    return 2 * known;
  }

  /** Puts the symbols of names and values in turn into {@code to[at, at + symbolCount())}. */
  void copySymbols(int[] to, int at) {
    System.arraycopy(ids, 0, to, at, 2 * known);
  }

  /** What the labels of the series just read give for its key in the cache. */
  long keyShares() {
    long sum = known;
    for (int i = 0; i < known; i++) {
      sum += keyShare[i];
    }
    return sum;
  }

  /** Number of the label with this name, which the series just read must have. */
  int named(byte[] name) {
    int index = 0;
    while (nameLength[index] != name.length
        || !Arrays.equals(
            body, labelFrom[index] + 2, labelFrom[index] + 2 + name.length, name, 0, name.length)) {
      index++;
    }
    return index;
  }

  /** Where the value of a label in the common way begins: behind a length of one or two bytes. */
  int valueFrom(int index) {
    int tag = labelFrom[index] + 2 + nameLength[index];
    return body[tag + 1] < 0 ? tag + 3 : tag + 2;
  }

  int valueTo(int index) {
    return labelFrom[index] + labelLength[index];
  }

  /** Whether all labels that the series before had from {@code earlier} on stand here again. */
  private boolean sameFrom(int at, int to, int earlier) {
    int length = knownTo - earlier;
    return length <= to - at && Arrays.equals(body, at, at + length, body, earlier, knownTo);
  }

  /** Reads a label that differs from its predecessor; false if it is not name, then value. */
  private boolean label(int index, int start, int end, boolean compared) {
    if (end - start < 4 || body[start] != NAME_TAG) {
      return false;
    }
    int length = body[start + 1];
    int valueAt = start + 2 + length;
    if (length < 0 || end - valueAt < 2 || body[valueAt] != VALUE_TAG) {
      return false;
    }
    int valueLength = body[valueAt + 1];
    int valueFrom = valueAt + 2;
    if (valueLength < 0) {
      if (end - valueAt < 3 || body[valueAt + 2] < 0) {
        return false;
      }
      valueLength = (valueLength & 0x7F) | (body[valueAt + 2] << 7);
      valueFrom = valueAt + 3;
    }
    if (valueFrom + valueLength != end) {
      return false;
    }
    int nameFrom = start + 2;
    int earlier = labelFrom[index] + 2;
    boolean sameName =
        compared
            && length == nameLength[index]
            && Arrays.equals(body, nameFrom, nameFrom + length, body, earlier, earlier + length);
    if (!sameName) {
      ids[index * 2] = symbols.intern(body, nameFrom, nameFrom + length);
      nameLength[index] = length;
    }
    int value = symbols.intern(body, valueFrom, end);
    ids[index * 2 + 1] = value;
    keyShare[index] =
        SeriesCache.keyShare(index, symbols.hash(ids[index * 2]), symbols.hash(value));
    return true;
  }

  private void grow() {
    int size = labelFrom.length * 2;
    labelFrom = Arrays.copyOf(labelFrom, size);
    labelLength = Arrays.copyOf(labelLength, size);
    nameLength = Arrays.copyOf(nameLength, size);
    ids = Arrays.copyOf(ids, size * 2);
    keyShare = Arrays.copyOf(keyShare, size);
  }
}

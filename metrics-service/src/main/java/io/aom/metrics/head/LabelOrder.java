package io.aom.metrics.head;

import io.aom.blockstore.MalformedRecordException;
import java.util.Arrays;

/** Brings the labels of series into order: sorted by name, without empty values. Keeps room. */
final class LabelOrder {
  private int[] sorted = new int[64];

  /**
   * Orders the labels of a series in the record's own columns. What is left over is marked by -1,
   * since the labels of the next series begin where these ended.
   *
   * @param from where the labels of the series begin
   * @throws MalformedRecordException if a name is empty or there twice, or no label has a value
   */
  void bring(RecordStaging record, int series, int from) throws MalformedRecordException {
    int[] refs = record.ref;
    int to = record.refsEnd[series];
    if (isInOrder(record, from, to)) {
      return;
    }
    int pairs = 0;
    if (sorted.length < to - from) {
      sorted = new int[to - from];
    }
    for (int i = from; i < to; i += 2) {
      if (record.symbolLength[refs[i]] == 0) {
        throw new MalformedRecordException("label name: empty (expected: a text)");
      }
      if (record.symbolLength[refs[i + 1]] == 0) {
        continue;
      }
      int at = pairs++;
      while (at > 0 && record.compare(sorted[2 * at - 2], refs[i]) > 0) {
        sorted[2 * at] = sorted[2 * at - 2];
        sorted[2 * at + 1] = sorted[2 * at - 1];
        at--;
      }
      if (at > 0 && record.compare(sorted[2 * at - 2], refs[i]) == 0) {
        throw new MalformedRecordException(
            "label name: " + record.text(refs[i]) + " twice (expected: once)");
      }
      sorted[2 * at] = refs[i];
      sorted[2 * at + 1] = refs[i + 1];
    }
    if (pairs == 0) {
      throw new MalformedRecordException("labels: none with a value (expected: at least one)");
    }
    System.arraycopy(sorted, 0, refs, from, 2 * pairs);
    Arrays.fill(refs, from + 2 * pairs, to, -1);
    record.refsEnd[series] = from + 2 * pairs;
  }

  private static boolean isInOrder(RecordStaging record, int from, int to) {
    int[] refs = record.ref;
    for (int i = from; i < to; i += 2) {
      if (record.symbolLength[refs[i + 1]] == 0
          || record.symbolLength[refs[i]] == 0
          || (i > from && record.compare(refs[i - 2], refs[i]) >= 0)) {
        return false;
      }
    }
    return true;
  }
}

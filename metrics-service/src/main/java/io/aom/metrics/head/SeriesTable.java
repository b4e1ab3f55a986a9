package io.aom.metrics.head;

import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SymbolTable;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The series of one tenant in a segment, found by the numbers of their labels' texts: open
 * addressing over hashes. Guarded by the lock of the segment; what is added never changes.
 */
final class SeriesTable {
  /** Instead of a hash: a symbol of the labels is not known, so no series has them. */
  private static final long UNKNOWN_SYMBOL = -1;

  /** One for each place of a label set, so that its hash needs no step to wait for another. */
  private static final long[] FACTORS =
      new SplittableRandom(System.nanoTime()).longs(2L * RecordStaging.MAX_LABELS).toArray();

  /** How many series are looked up together. */
  private static final int AHEAD = 64;

  private HeadSeries[] series = new HeadSeries[64];
  private int size;

  /** Name and value symbols of all series in turn. */
  private int[] labelIds = new int[1024];

  private int labelIdsUsed;

  /** Hash above, series number + 1 below; 0 is free. */
  private long[] table = new long[256];

  // The series that are looked up together.
  private final long[] aheadHash = new long[AHEAD];
  private final int[] aheadNumber = new int[AHEAD];
  private final int[] aheadLabels = new int[AHEAD];

  int size() {
    return size;
  }

  HeadSeries get(int number) {
    return series[number];
  }

  /** Symbols of names and values of all series. What is there stays as it is. */
  int[] labelIds() {
    return labelIds;
  }

  /** Number of the label's value, or -1 if the series does not have the label. */
  int valueId(HeadSeries of, int name) {
    for (int i = 0; i < of.labelCount; i++) {
      if (labelIds[of.labelsFrom + 2 * i] == name) {
        return labelIds[of.labelsFrom + 2 * i + 1];
      }
    }
    return -1;
  }

  Labels labels(int number, SymbolTable symbols) {
    HeadSeries of = series[number];
    String[] pairs = new String[of.labelCount * 2];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = symbols.text(labelIds[of.labelsFrom + i]);
    }
    return Labels.ofCanonical(pairs);
  }

  /**
   * Looks up the series of a record, some at a time in three steps over all of them: what one
   * series has to wait for, the table and then the series itself, is likely in no cache of the
   * processor, and so it waits for many at once instead of one after the other.
   *
   * @param ids number of each symbol of the record; -1 if it has none
   * @param found gets the number of each series; -1 if there is none
   */
  void findAll(RecordStaging record, int[] ids, int[] found) {
    int[] refs = record.ref;
    int mask = table.length - 1;
    int begun = 0;
    for (int first = 0; first < record.series; first += AHEAD) {
      int last = Math.min(record.series, first + AHEAD);
      int from = begun;
      for (int i = first; i < last; i++) {
        int to = record.refsEnd[i];
        aheadHash[i - first] = hash(refs, from, to, ids);
        from = to;
      }
      for (int i = first; i < last; i++) {
        long hash = aheadHash[i - first];
        long entry = table[(int) hash & mask];
        int number = (int) entry - 1;
        aheadNumber[i - first] =
            hash == UNKNOWN_SYMBOL || (int) (entry >>> 32) != (int) (hash >>> 32) ? -1 : number;
      }
      for (int i = first; i < last; i++) {
        int number = aheadNumber[i - first];
        aheadLabels[i - first] = number < 0 ? -1 : series[number].labelsFrom;
      }
      from = begun;
      for (int i = first; i < last; i++) {
        int to = record.refsEnd[i];
        int number = aheadNumber[i - first];
        long hash = aheadHash[i - first];
        found[i] =
            number >= 0 && isSeries(number, aheadLabels[i - first], refs, from, to, ids)
                ? number
                : hash == UNKNOWN_SYMBOL ? -1 : find(hash, refs, from, to, ids);
        from = to;
      }
      begun = from;
    }
  }

  /**
   * Number of the series with the labels {@code refs[from, to)}, which are numbers of symbols in a
   * record; -1 if there is none.
   */
  int find(int[] refs, int from, int to, int[] ids) {
    long hash = hash(refs, from, to, ids);
    return hash == UNKNOWN_SYMBOL ? -1 : find(hash, refs, from, to, ids);
  }

  /** Hash of the labels, or {@link #UNKNOWN_SYMBOL} if no series can have them. */
  private static long hash(int[] refs, int from, int to, int[] ids) {
    long hash = 0;
    int unknown = 0;
    for (int i = from, place = 0; i < to; i++, place++) {
      int id = ids[refs[i]];
      unknown |= id;
      hash += id * FACTORS[place];
    }
    return unknown < 0 ? UNKNOWN_SYMBOL : mixed(hash);
  }

  private int find(long hash, int[] refs, int from, int to, int[] ids) {
    int mask = table.length - 1;
    for (int slot = (int) hash & mask; ; slot = (slot + 1) & mask) {
      long entry = table[slot];
      if (entry == 0) {
        return -1;
      }
      if ((int) (entry >>> 32) == (int) (hash >>> 32)) {
        int number = (int) entry - 1;
        if (isSeries(number, series[number].labelsFrom, refs, from, to, ids)) {
          return number;
        }
      }
    }
  }

  private boolean isSeries(int number, int labelsFrom, int[] refs, int from, int to, int[] ids) {
    if (series[number].labelCount * 2 != to - from) {
      return false;
    }
    int different = 0;
    for (int i = from, at = labelsFrom; i < to; i++, at++) {
      different |= labelIds[at] ^ ids[refs[i]];
    }
    return different == 0;
  }

  /** Number of the series with these symbols; -1 if there is none. */
  int find(int[] labels, int count) {
    int mask = table.length - 1;
    long hash = hash(labels, 0, count);
    for (int slot = (int) hash & mask; table[slot] != 0; slot = (slot + 1) & mask) {
      if ((int) (table[slot] >>> 32) != (int) (hash >>> 32)) {
        continue;
      }
      int number = (int) table[slot] - 1;
      HeadSeries one = series[number];
      if (2 * one.labelCount == count
          && Arrays.equals(labelIds, one.labelsFrom, one.labelsFrom + count, labels, 0, count)) {
        return number;
      }
    }
    return -1;
  }

  /** Adds a series that is not there yet; returns its number. */
  int add(int[] labels, int count) {
    int number = size++;
    if (number == series.length) {
      series = Arrays.copyOf(series, series.length * 2);
    }
    if (labelIds.length - labelIdsUsed < count) {
      labelIds = Arrays.copyOf(labelIds, Math.max(labelIds.length * 2, labelIdsUsed + count));
    }
    series[number] = new HeadSeries(labelIdsUsed, count / 2);
    System.arraycopy(labels, 0, labelIds, labelIdsUsed, count);
    labelIdsUsed += count;
    insert(number);
    if (size * 2 > table.length) {
      table = new long[table.length * 2];
      for (int i = 0; i < size; i++) {
        insert(i);
      }
    }
    return number;
  }

  private void insert(int number) {
    HeadSeries of = series[number];
    long hash = hash(labelIds, of.labelsFrom, of.labelCount * 2);
    int mask = table.length - 1;
    int slot = (int) hash & mask;
    while (table[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    table[slot] = hash >>> 32 << 32 | (number + 1);
  }

  private static long hash(int[] labels, int from, int count) {
    long hash = 0;
    for (int i = 0; i < count; i++) {
      hash += labels[from + i] * FACTORS[i];
    }
    return mixed(hash);
  }

  private static long mixed(long hash) {
    long h = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
    h ^= h >>> 29;
    return h == UNKNOWN_SYMBOL ? 0 : h;
  }

  /** Heap of the table and the labels, without the series. */
  long sizeBytes() {
    return labelIds.length * 4L + table.length * 8L;
  }
}

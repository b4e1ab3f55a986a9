package io.aom.metrics.overflow;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of a label of a metric that have series of their own, each with the minute in which it
 * was last seen. A value is known by 32 bits of its hash: one that is taken for another keeps its
 * series.
 */
final class LabelValues {
  /** Hash of metric and label. */
  final long key;

  /** What is told of it; null as long as nothing was folded. */
  @Nullable Explosion explosion;

  /** Open addressing: hash above, minute + 1 below; 0 is free. */
  private long[] table = new long[4];

  private int size;

  LabelValues(long key) {
    this.key = key;
  }

  int size() {
    return size;
  }

  /** Notes that the value is there; false if it has no place. */
  boolean touch(long hash, int minute) {
    int slot = slot(hash);
    if (table[slot] == 0) {
      return false;
    }
    if ((int) table[slot] <= minute) {
      table[slot] = hash >>> 32 << 32 | (minute + 1);
    }
    return true;
  }

  /** Gives a place to a value that has none. */
  void add(long hash, int minute) {
    if (++size * 2 > table.length) {
      long[] old = table;
      table = new long[old.length * 2];
      for (long entry : old) {
        if (entry != 0) {
          table[slot(entry)] = entry;
        }
      }
    }
    table[slot(hash)] = hash >>> 32 << 32 | (minute + 1);
  }

  private int slot(long hash) {
    int mask = table.length - 1;
    int slot = (int) (hash >>> 32) & mask;
    while (table[slot] != 0 && (int) (table[slot] >>> 32) != (int) (hash >>> 32)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Values seen in that minute or later, in order, each with its minute in its lower half. */
  long[] since(int minute) {
    return Arrays.stream(table)
        .filter(entry -> entry != 0 && (int) entry > minute)
        .map(entry -> entry - 1)
        .sorted()
        .toArray();
  }

  /** Values seen since that minute. */
  void write(CarryWriter out, boolean folds, int minute, int since) {
    Explosion told = folds ? explosion : null;
    out.bits(key).number(told == null ? 0 : 1);
    if (told != null) {
      told.write(out);
    }
    long[] entries = since(since);
    out.number(entries.length);
    long before = Integer.MIN_VALUE;
    for (long entry : entries) {
      long hash = entry >> 32;
      out.number(hash - before).number(Math.max(0, minute - (int) entry));
      before = hash;
    }
  }

  static LabelValues read(CarryReader in, int minute) {
    LabelValues read = new LabelValues(in.bits());
    read.explosion = in.number() == 1 ? Explosion.read(in) : null;
    int count = in.count(FoldLimits.VALUES);
    long hash = Integer.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      hash += in.number();
      read.add(hash << 32, minute - (int) in.number());
    }
    return read;
  }

  long sizeBytes() {
    return 80 + table.length * 8L;
  }
}

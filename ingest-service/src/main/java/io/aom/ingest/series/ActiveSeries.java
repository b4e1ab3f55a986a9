package io.aom.ingest.series;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The series that one tenant sends, counted by their hashes, so that a label that explodes is
 * stopped at a limit while all series that are known flow on.
 *
 * <p>Time goes in windows of half an hour. A series is active if it came in the present window or
 * in the one before; what came in the one before is never refused, so a limit that is reached hits
 * new series alone. Two series of one hash (62 bits) count as one.
 *
 * <p>Thread-safe. Asking for a series that came in this window takes no lock. Memory: 16 to 32
 * bytes for each active series, if there is a limit at all.
 */
public final class ActiveSeries {
  /** What becomes of a series. */
  public enum Admission {
    TAKEN,
    TOO_MANY_ACTIVE,
    TOO_MANY_NEW
  }

  static final long WINDOW_MILLIS = 30 * 60_000;

  /**
   * After a start every series is new to this process, though not to its sender: so long the rate
   * of new ones is not bounded.
   */
  static final long GRACE_MILLIS = 5 * 60_000;

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

  /** The lower bits of an entry name the window in which it came last: 1 to 3, in turn. */
  private static final long MARK = 3;

  private static final int SMALLEST = 1024;

  private final SeriesLimits limits;

  /** Open addressing; 0 is free. Replaced as a whole when it grows and at the end of a window. */
  private volatile long[] slots = new long[SMALLEST];

  private volatile long window = Long.MIN_VALUE;

  // Guarded by this.
  private int used;
  private long graceUntilMillis = Long.MAX_VALUE;
  private double allowance;
  private long allowedMillis;

  public ActiveSeries(SeriesLimits limits) {
    this.limits = limits;
    this.allowance = limits.newPerMinute();
  }

  public SeriesLimits limits() {
    return limits;
  }

  /**
   * Brings the window up to the present; to be called at the beginning of each request.
   *
   * @return differs from window to window: what was remembered of a series with another one has to
   *     be asked for again
   */
  public long begin(long nowMillis) {
    if (limits.active() == 0 && limits.newPerMinute() == 0) {
      return 0;
    }
    long present = Math.floorDiv(nowMillis, WINDOW_MILLIS);
    if (present > window) {
      turn(present, nowMillis);
    }
    return (present + 1) * 0x9E3779B97F4A7C15L;
  }

  /** Counts a series as active, or says why it may not become so. */
  public Admission admit(long hash, long nowMillis) {
    if (limits.active() == 0 && limits.newPerMinute() == 0) {
      return Admission.TAKEN;
    }
    long key = key(hash);
    return isOfThisWindow(key) ? Admission.TAKEN : admitNow(key, nowMillis);
  }

  /** How many series are active. */
  public synchronized int count() {
    return used;
  }

  private boolean isOfThisWindow(long key) {
    long wanted = key | mark(window);
    long[] table = slots;
    int mask = table.length - 1;
    for (int slot = place(key) & mask; ; slot = (slot + 1) & mask) {
      long entry = (long) SLOT.getOpaque(table, slot);
      if (entry == wanted) {
        return true;
      }
      if (entry == 0 || (entry & ~MARK) == key) {
        return false;
      }
    }
  }

  private synchronized Admission admitNow(long key, long nowMillis) {
    long entry = key | mark(window);
    int slot = find(slots, key);
    if (slots[slot] != 0) {
      SLOT.setOpaque(slots, slot, entry);
      return Admission.TAKEN;
    }
    if (limits.active() > 0 && used >= limits.active()) {
      return Admission.TOO_MANY_ACTIVE;
    }
    if (!mayBeNew(nowMillis)) {
      return Admission.TOO_MANY_NEW;
    }
    SLOT.setOpaque(slots, slot, entry);
    used++;
    if (used * 2L > slots.length) {
      slots = rebuilt(slots.length * 2, 0);
    }
    return Admission.TAKEN;
  }

  private boolean mayBeNew(long nowMillis) {
    int rate = limits.newPerMinute();
    if (rate == 0 || nowMillis < graceUntilMillis) {
      return true;
    }
    double earned = (nowMillis - allowedMillis) * (rate / 60_000.0);
    if (earned > 0) {
      allowance = Math.min(rate, allowance + earned);
      allowedMillis = nowMillis;
    }
    if (allowance < 1) {
      return false;
    }
    allowance--;
    return true;
  }

  private synchronized void turn(long present, long nowMillis) {
    if (present <= window) {
      return; // another request was faster
    }
    if (window == Long.MIN_VALUE) {
      graceUntilMillis = nowMillis + GRACE_MILLIS;
      allowedMillis = graceUntilMillis;
    } else if (present == window + 1) {
      long elder = mark(window - 1);
      int left = 0;
      for (long entry : slots) {
        left += entry != 0 && (entry & MARK) != elder ? 1 : 0;
      }
      used = left;
      slots = rebuilt(Math.max(SMALLEST, 2 * Integer.highestOneBit(Math.max(1, left) * 2)), elder);
    } else {
      used = 0;
      slots = new long[SMALLEST];
    }
    window = present;
  }

  /** A table of that size, a power of two, without the entries of that mark. */
  private long[] rebuilt(int size, long without) {
    long[] table = new long[size];
    for (long entry : slots) {
      if (entry != 0 && (entry & MARK) != without) {
        table[find(table, entry & ~MARK)] = entry;
      }
    }
    return table;
  }

  /** The slot of that key, or the free one where it belongs. */
  private static int find(long[] table, long key) {
    int mask = table.length - 1;
    int slot = place(key) & mask;
    while (table[slot] != 0 && (table[slot] & ~MARK) != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** An entry without its mark is never 0, which means free. */
  private static long key(long hash) {
    return (hash & ~MARK) == 0 ? 4 : hash & ~MARK;
  }

  private static int place(long key) {
    return (int) (key >>> 2) ^ (int) (key >>> 34);
  }

  private static long mark(long window) {
    return 1L + Math.floorMod(window, 3);
  }
}

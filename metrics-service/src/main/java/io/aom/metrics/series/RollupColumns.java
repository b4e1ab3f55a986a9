package io.aom.metrics.series;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the floats of one series came to over stretches of time, as parallel columns in time order.
 * A stretch is a bucket of a rollup, or one sample as it was received; no two overlap. A stretch of
 * no samples is a stale marker. Reading allocates nothing.
 *
 * <p>Not thread-safe while it grows.
 */
public final class RollupColumns {
  /** Columns of values that not every question needs. */
  public enum Kind {
    /** The last value of a stretch. */
    LASTS,
    /** The first value, and what was lost in restarts within the stretch. */
    RISES,
    SUMS,
    /** The least and the greatest value. */
    EXTREMES
  }

  private static final long[] NO_LONGS = {};
  private static final double[] NO_VALUES = {};

  private long[] firstTimes = NO_LONGS;
  private long[] lastTimes = NO_LONGS;
  private long[] counts = NO_LONGS;
  private double[] firsts = NO_VALUES;
  private double[] lasts = NO_VALUES;
  private double[] lost = NO_VALUES;
  private long[] resets = NO_LONGS;
  private double[] sums = NO_VALUES;
  private double[] least = NO_VALUES;
  private double[] greatest = NO_VALUES;
  private long @Nullable [] firstStarts;
  private long @Nullable [] lastStarts;
  private int size;

  public int size() {
    return size;
  }

  /** What the columns take in memory, with the room that is left in them. */
  public long sizeBytes() {
    return (firstStarts == null ? 80L : 96L) * firstTimes.length;
  }

  /** Epoch milliseconds of the first sample of a stretch. */
  public long firstTime(int index) {
    return firstTimes[index];
  }

  /** Epoch milliseconds of the last sample of a stretch. */
  public long lastTime(int index) {
    return lastTimes[index];
  }

  /** How many floats there are in a stretch; 0 for a stale marker. */
  public long count(int index) {
    return counts[index];
  }

  public boolean isStale(int index) {
    return counts[index] == 0;
  }

  public double first(int index) {
    return firsts[index];
  }

  public double last(int index) {
    return lasts[index];
  }

  /** Sum of the values before each restart of the counter within the stretch. */
  public double lost(int index) {
    return lost[index];
  }

  /** How often the counter restarted within the stretch. */
  public long resets(int index) {
    return resets[index];
  }

  public double sum(int index) {
    return sums[index];
  }

  public double least(int index) {
    return least[index];
  }

  public double greatest(int index) {
    return greatest[index];
  }

  /** When the counter started, as the first sample of a stretch says; 0 if that is not known. */
  public long firstStart(int index) {
    long[] column = firstStarts;
    return column == null ? 0 : column[index];
  }

  /** When the counter started, as the last sample of a stretch says; 0 if that is not known. */
  public long lastStart(int index) {
    long[] column = lastStarts;
    return column == null ? 0 : column[index];
  }

  public boolean hasStarts() {
    return firstStarts != null;
  }

  public void clear() {
    size = 0;
    firstStarts = null;
    lastStarts = null;
  }

  /** One stretch, to be appended. */
  public static final class Stretch {
    public long firstTime;
    public long lastTime;
    public long count;
    public double first;
    public double last;
    public double lost;
    public long resets;
    public double sum;
    public double least;
    public double greatest;
    public long firstStart;
    public long lastStart;

    /** Makes it a single sample. */
    public void single(long time, double value, long start) {
      boolean stale = StaleMarker.is(value);
      firstTime = time;
      lastTime = time;
      count = stale ? 0 : 1;
      first = value;
      last = value;
      lost = 0;
      resets = 0;
      sum = value;
      least = value;
      greatest = value;
      firstStart = start;
      lastStart = start;
    }

    /** Makes it a stretch of columns. */
    public void set(RollupColumns from, int index) {
      firstTime = from.firstTimes[index];
      lastTime = from.lastTimes[index];
      count = from.counts[index];
      first = from.firsts[index];
      last = from.lasts[index];
      lost = from.lost[index];
      resets = from.resets[index];
      sum = from.sums[index];
      least = from.least[index];
      greatest = from.greatest[index];
      firstStart = from.firstStart(index);
      lastStart = from.lastStart(index);
    }

    /** Takes in one that begins no earlier and overlaps, as if no sample were in both. */
    public void join(RollupColumns from, int index) {
      if (from.lastTimes[index] >= lastTime) {
        lastTime = from.lastTimes[index];
        last = from.lasts[index];
        lastStart = from.lastStart(index);
      }
      count += from.counts[index];
      lost += from.lost[index];
      resets += from.resets[index];
      sum += from.sums[index];
      least = from.least[index] < least || Double.isNaN(least) ? from.least[index] : least;
      greatest =
          from.greatest[index] > greatest || Double.isNaN(greatest)
              ? from.greatest[index]
              : greatest;
    }
  }

  public void append(Stretch stretch) {
    grow(size + 1);
    firstTimes[size] = stretch.firstTime;
    lastTimes[size] = stretch.lastTime;
    counts[size] = stretch.count;
    firsts[size] = stretch.first;
    lasts[size] = stretch.last;
    lost[size] = stretch.lost;
    resets[size] = stretch.resets;
    sums[size] = stretch.sum;
    least[size] = stretch.least;
    greatest[size] = stretch.greatest;
    if (firstStarts == null && (stretch.firstStart != 0 || stretch.lastStart != 0)) {
      firstStarts = new long[firstTimes.length];
      lastStarts = new long[firstTimes.length];
    }
    long[] first = firstStarts;
    long[] last = lastStarts;
    if (first != null && last != null) {
      first[size] = stretch.firstStart;
      last[size] = stretch.lastStart;
    }
    size++;
  }

  /**
   * Appends stretches {@code [from, from + count)} of these columns, later than those that are
   * here. Everything else of them is then to be filled from columns alike, of which an empty one
   * stands for nothing but 0.
   *
   * @param counts 0 for a stale marker
   */
  public void appendTimes(long[] firsts, long[] lasts, long[] counts, int from, int count) {
    grow(size + count);
    size += count;
    fill(firsts, from, count, firstTimes);
    fill(lasts, from, count, lastTimes);
    fill(counts, from, count, this.counts);
  }

  /** Fills in the last values of the newest {@code count} stretches. */
  public void fillLasts(double[] column, int from, int count) {
    fill(column, from, count, lasts);
  }

  /** Fills in the first values, and what was lost in how many restarts. */
  public void fillRises(double[] first, double[] gone, long[] restarts, int from, int count) {
    fill(first, from, count, firsts);
    fill(gone, from, count, lost);
    fill(restarts, from, count, resets);
  }

  /** Fills in the sums. */
  public void fillSums(double[] column, int from, int count) {
    fill(column, from, count, sums);
  }

  /** Fills in the least and the greatest values. */
  public void fillExtremes(double[] smallest, double[] largest, int from, int count) {
    fill(smallest, from, count, least);
    fill(largest, from, count, greatest);
  }

  /** Fills in when the counter started. */
  public void fillStarts(long[] first, long[] last, int from, int count) {
    if (first.length > 0 && firstStarts == null) {
      firstStarts = new long[firstTimes.length];
      lastStarts = new long[firstTimes.length];
    }
    long[] firstColumn = firstStarts;
    long[] lastColumn = lastStarts;
    if (firstColumn != null && lastColumn != null) {
      fill(first, from, count, firstColumn);
      fill(last, from, count, lastColumn);
    }
  }

  private void fill(double[] column, int from, int count, double[] to) {
    if (column.length == 0) {
      Arrays.fill(to, size - count, size, 0);
    } else {
      System.arraycopy(column, from, to, size - count, count);
    }
  }

  private void fill(long[] column, int from, int count, long[] to) {
    if (column.length == 0) {
      Arrays.fill(to, size - count, size, 0);
    } else {
      System.arraycopy(column, from, to, size - count, count);
    }
  }

  /** Appends stretches {@code [from, to)} of another. */
  public void appendAll(RollupColumns other, int from, int to) {
    int count = to - from;
    if (count <= 0) {
      return;
    }
    appendTimes(other.firstTimes, other.lastTimes, other.counts, from, count);
    fillLasts(other.lasts, from, count);
    fillRises(other.firsts, other.lost, other.resets, from, count);
    fillSums(other.sums, from, count);
    fillExtremes(other.least, other.greatest, from, count);
    long[] first = other.firstStarts;
    long[] last = other.lastStarts;
    fillStarts(first == null ? NO_LONGS : first, last == null ? NO_LONGS : last, from, count);
  }

  /** Appends a stretch of another. */
  public void append(RollupColumns from, int index, Stretch scratch) {
    scratch.set(from, index);
    append(scratch);
  }

  private void grow(int needed) {
    if (needed <= firstTimes.length) {
      return;
    }
    int capacity = Math.max(Math.max(64, needed), firstTimes.length * 2);
    firstTimes = Arrays.copyOf(firstTimes, capacity);
    lastTimes = Arrays.copyOf(lastTimes, capacity);
    counts = Arrays.copyOf(counts, capacity);
    firsts = Arrays.copyOf(firsts, capacity);
    lasts = Arrays.copyOf(lasts, capacity);
    lost = Arrays.copyOf(lost, capacity);
    resets = Arrays.copyOf(resets, capacity);
    sums = Arrays.copyOf(sums, capacity);
    least = Arrays.copyOf(least, capacity);
    greatest = Arrays.copyOf(greatest, capacity);
    long[] first = firstStarts;
    long[] last = lastStarts;
    if (first != null && last != null) {
      firstStarts = Arrays.copyOf(first, capacity);
      lastStarts = Arrays.copyOf(last, capacity);
    }
  }
}

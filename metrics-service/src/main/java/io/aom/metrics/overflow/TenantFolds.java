package io.aom.metrics.overflow;

import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decides which series of a tenant get no place of their own in a partition, and adds them up. What
 * it does depends on the records and their order alone. Not thread-safe: the thread that appends
 * calls it, under the write lock.
 */
public final class TenantFolds {
  /** Value of a folded label. */
  public static final String OVERFLOW = "__overflow__";

  /** Label that tells apart what several partitions add up. */
  public static final String PARTITION = "aom_partition";

  /** From {@link #place}: the series is to have a place of its own. */
  public static final int OWN = -1;

  /** From {@link #place}: there is no room to fold it, so that its samples are left out. */
  public static final int REFUSED = -2;

  /** From when on a sample says nothing of the present, as queries see it. */
  static final long STALE_MILLIS = 300_000;

  /** For how long a folded series keeps its last value though others need the room. */
  private static final int KEPT_MINUTES = 5;

  private static final long NAME_HASH = Hashes.of(Labels.NAME);

  /** Where samples of overflow series go. */
  @FunctionalInterface
  public interface Target {
    /**
     * @param number of the overflow series, the same as long as the segment lives
     */
    void add(int number, Labels labels, long timeMillis, long valueBits);
  }

  private final FoldSettings settings;
  private final FoldLimits limits;
  private final FoldStatistics statistics;
  private final String partition;
  private final LabelBudgets labels;
  private final LongIndex overflowIndex = new LongIndex();
  private final List<OverflowSeries> overflows = new ArrayList<>();
  private final FoldQueue queue = new FoldQueue();
  private final List<OverflowSeries> changed = new ArrayList<>();
  private FoldedSeries folded = new FoldedSeries();

  /** When room was looked for last, which is much work. */
  private int madeRoom = -1;

  TenantFolds(
      FoldSettings settings,
      FoldLimits limits,
      FoldStatistics statistics,
      int budget,
      int partition) {
    this.settings = settings;
    this.limits = limits;
    this.statistics = statistics;
    this.labels = new LabelBudgets(settings, budget);
    this.partition = Integer.toString(partition);
  }

  /**
   * Finds out what becomes of a series that the segment does not have.
   *
   * @param minute of receipt
   * @return its number for {@link #take}, or {@link #OWN} or {@link #REFUSED}
   */
  public int place(NewSeries series, int minute) {
    long hash = 0;
    long metric = 0;
    for (int i = 0; i < series.size(); i++) {
      hash = Hashes.of(Hashes.of(hash, series.nameHash(i)), series.valueHash(i));
      if (series.nameHash(i) == NAME_HASH) {
        metric = series.valueHash(i);
      }
    }
    int known = folded.find(hash);
    if (known >= 0) {
      folded.minute[known] = minute;
      return known;
    }
    if (labels.find(series, metric, minute)) {
      labels.grant(series, minute);
      return OWN;
    }
    NewSeries.Kind kind = series.kind();
    if (kind == NewSeries.Kind.DELTA) {
      return OWN;
    }
    int number = overflow(series, kind, minute);
    if (number < 0 || limits.series >= FoldLimits.SERIES) {
      statistics.refuse();
      return REFUSED;
    }
    labels.grant(series, minute);
    labels.tell(series);
    limits.series++;
    statistics.folded();
    return folded.add(hash, number, minute);
  }

  /** Number of the overflow series that the series goes into; -1 if there is no room for one. */
  private int overflow(NewSeries series, NewSeries.Kind kind, int minute) {
    String[] pairs = new String[2 * series.size() + 2];
    long[] keys = new long[series.size()];
    int keyCount = 0;
    int used = 0;
    long bytes = 128;
    for (int i = 0; i < series.size(); i++) {
      if (series.name(i).equals(PARTITION)) {
        continue;
      }
      pairs[used] = series.name(i);
      pairs[used + 1] = labels.over(i) ? OVERFLOW : series.value(i);
      bytes += pairs[used].length() + pairs[used + 1].length() + 2L;
      used += 2;
      if (labels.over(i)) {
        keys[keyCount++] = labels.key(i);
      }
    }
    pairs[used] = PARTITION;
    pairs[used + 1] = partition;
    Labels sumLabels = Labels.of(Arrays.copyOf(pairs, used + 2));
    long key = keyOf(sumLabels);
    int known = overflowIndex.get(key);
    if (known >= 0) {
      return known;
    }
    if (limits.labelBytes + bytes > FoldLimits.LABEL_BYTES) {
      return -1;
    }
    OverflowSeries made =
        new OverflowSeries(
            sumLabels, kind == NewSeries.Kind.COUNTER, Arrays.copyOf(keys, keyCount));
    made.lastMinute = minute;
    return add(made, key, bytes);
  }

  private int add(OverflowSeries one, long key, long bytes) {
    int number = overflows.size();
    one.number = number;
    overflowIndex.put(key, number);
    overflows.add(one);
    limits.labelBytes += bytes;
    return number;
  }

  private static long keyOf(Labels labels) {
    long key = 0;
    for (int i = 0; i < labels.size(); i++) {
      key = Hashes.of(Hashes.of(key, Hashes.of(labels.name(i))), Hashes.of(labels.value(i)));
    }
    return key;
  }

  /** Takes a sample of a folded series; it counts from {@link #flush} on. */
  public void take(int number, long timeMillis, long valueBits) {
    queue.add(number, timeMillis, valueBits);
  }

  /**
   * Adds up what was taken, in the order of its time, and gives each overflow series that changed
   * one sample for each time. An overflow series never goes back in time.
   */
  public void flush(Target target, int minute) {
    queue.sort();
    int late = 0;
    for (int i = 0; i < queue.size(); ) {
      long now = queue.time(i);
      for (; i < queue.size() && queue.time(i) == now; i++) {
        late += apply(queue.series(i), now, queue.bits(i), target, minute) ? 0 : 1;
      }
      for (OverflowSeries one : changed) {
        one.lastTime = Math.max(now, one.lastTime);
        write(one, one.lastTime, target);
        one.changed = false;
      }
      changed.clear();
    }
    statistics.took(queue.size(), late);
    queue.clear();
    makeRoom(minute);
  }

  /** False if the sample does not count. */
  private boolean apply(int number, long timeMillis, long bits, Target target, int minute) {
    OverflowSeries to = overflows.get(folded.overflow[number]);
    double value = Double.longBitsToDouble(bits);
    boolean stale = StaleMarker.is(value);
    if (timeMillis <= folded.time[number] || (to.counter && !stale && !Double.isFinite(value))) {
      return false;
    }
    to.lastMinute = minute;
    long before = folded.bits[number];
    double last = before == FoldedSeries.NO_VALUE ? 0 : Double.longBitsToDouble(before);
    if (to.counter) {
      folded.time[number] = timeMillis;
      if (stale) {
        return true; // It may go on later, from the value it had.
      }
      to.rise(value >= last ? value - last : value);
      folded.bits[number] = bits;
    } else {
      endOld(to, timeMillis, target);
      folded.time[number] = timeMillis;
      if (folded.bits[number] != FoldedSeries.NO_VALUE) {
        to.subtract(last);
        folded.unlink(to, number);
      }
      folded.bits[number] = stale ? FoldedSeries.NO_VALUE : bits;
      if (!stale) {
        to.add(value);
        folded.link(to, number);
      }
    }
    if (!to.changed) {
      to.changed = true;
      changed.add(to);
    }
    return true;
  }

  /**
   * Takes out of a gauge what is stale by then, with a sample at the moment at which it became so.
   */
  private void endOld(OverflowSeries gauge, long byMillis, Target target) {
    while (gauge.first != OverflowSeries.NONE) {
      long end = folded.time[gauge.first] + STALE_MILLIS;
      if (end > byMillis) {
        return;
      }
      while (gauge.first != OverflowSeries.NONE && folded.time[gauge.first] + STALE_MILLIS <= end) {
        int number = gauge.first;
        gauge.subtract(Double.longBitsToDouble(folded.bits[number]));
        folded.bits[number] = FoldedSeries.NO_VALUE;
        folded.unlink(gauge, number);
      }
      if (end > gauge.lastTime && end < byMillis) {
        gauge.lastTime = end;
        write(gauge, end, target);
      }
    }
  }

  private void write(OverflowSeries one, long timeMillis, Target target) {
    target.add(one.number, one.labels, timeMillis, one.valueBits());
  }

  /** If all room is taken, forgets series that have sent nothing for a while, oldest first. */
  private void makeRoom(int minute) {
    if (limits.series < FoldLimits.SERIES || minute == madeRoom) {
      return;
    }
    madeRoom = minute;
    long[] order = new long[folded.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = (long) folded.minute[i] << 32 | i;
    }
    Arrays.sort(order);
    boolean[] gone = new boolean[folded.size()];
    int count = 0;
    while (count < order.length / 4 && (int) (order[count] >>> 32) < minute - KEPT_MINUTES) {
      gone[(int) order[count++]] = true;
    }
    if (count == 0) {
      return;
    }
    FoldedSeries kept = new FoldedSeries();
    int[] moved = new int[folded.size()];
    for (int i = 0; i < gone.length; i++) {
      OverflowSeries of = overflows.get(folded.overflow[i]);
      boolean summand = !of.counter && folded.bits[i] != FoldedSeries.NO_VALUE;
      if (!gone[i]) {
        moved[i] = kept.add(folded.hash[i], folded.overflow[i], folded.minute[i]);
        kept.time[moved[i]] = folded.time[i];
        kept.bits[moved[i]] = folded.bits[i];
      } else if (summand) {
        of.subtract(Double.longBitsToDouble(folded.bits[i]));
        folded.unlink(of, i);
      }
    }
    for (OverflowSeries of : overflows) {
      int next = of.first;
      of.first = OverflowSeries.NONE;
      of.last = OverflowSeries.NONE;
      for (; next != OverflowSeries.NONE; next = folded.next(next)) {
        kept.link(of, moved[next]);
      }
    }
    folded = kept;
    limits.series -= count;
    statistics.forgot(count);
  }

  /** Labels that began to fold since this was asked last. */
  List<FoldedLabel> begun() {
    return labels.begun();
  }

  /** What is told of labels that fold. */
  List<FoldedLabel> told() {
    return labels.told();
  }

  public long sizeBytes() {
    return folded.sizeBytes() + labels.sizeBytes() + overflows.size() * 400L;
  }

  /** What the next segment has to know; false if there is nothing. */
  boolean write(CarryWriter out, int minute) {
    int since = minute - settings.forgetMinutes();
    List<List<Integer>> summands = new ArrayList<>();
    overflows.forEach(of -> summands.add(new ArrayList<>()));
    for (int i = 0; i < folded.size(); i++) {
      OverflowSeries of = overflows.get(folded.overflow[i]);
      if (of.counter && folded.minute[i] >= since && folded.bits[i] != FoldedSeries.NO_VALUE) {
        summands.get(folded.overflow[i]).add(i);
      }
    }
    int kept = 0;
    LongIndex exploding = new LongIndex();
    for (int i = 0; i < overflows.size(); i++) {
      OverflowSeries of = overflows.get(i);
      for (int at = of.first; at != OverflowSeries.NONE; at = folded.next(at)) {
        summands.get(i).add(at);
      }
      if (of.lastMinute < since) {
        summands.get(i).clear();
      }
      if (!summands.get(i).isEmpty()) {
        kept++;
        for (long key : of.labelKeys) {
          if (exploding.get(key) < 0) {
            exploding.put(key, 0);
          }
        }
      }
    }
    List<LabelValues> some = labels.carried(exploding, since, limits);
    if (kept == 0 && some.isEmpty()) {
      return false;
    }
    out.number(some.size());
    some.forEach(of -> of.write(out, exploding.get(of.key) >= 0, minute, since));
    out.number(kept);
    for (int i = 0; i < overflows.size(); i++) {
      if (!summands.get(i).isEmpty()) {
        overflows.get(i).write(out);
        out.number(summands.get(i).size());
        for (int at : summands.get(i)) {
          out.bits(folded.hash[at]).number(folded.time[at]).bits(folded.bits[at]);
          out.number(Math.max(0, minute - folded.minute[at]));
        }
      }
    }
    return true;
  }

  /** Takes over what {@link #write} gave. */
  void read(CarryReader in, int minute) {
    labels.read(in, minute);
    int overflowCount = in.count(Integer.MAX_VALUE);
    for (int i = 0; i < overflowCount; i++) {
      OverflowSeries of = OverflowSeries.read(in);
      int number = add(of, keyOf(of.labels), bytes(of.labels));
      int count = in.count(FoldLimits.SERIES);
      limits.series += count;
      for (int j = 0; j < count; j++) {
        long hash = in.bits();
        long time = in.number();
        long bits = in.bits();
        int one = folded.add(hash, number, minute - (int) in.number());
        folded.time[one] = time;
        folded.bits[one] = bits;
        if (!of.counter) {
          folded.link(of, one);
        }
      }
    }
  }

  private static long bytes(Labels labels) {
    long bytes = 128;
    for (int i = 0; i < labels.size(); i++) {
      bytes += labels.name(i).length() + labels.value(i).length() + 2L;
    }
    return bytes;
  }
}

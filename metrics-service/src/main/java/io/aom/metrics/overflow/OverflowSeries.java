package io.aom.metrics.overflow;

import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;

/**
 * A series that is the sum of others. A counter holds what they all rose by; a gauge holds the sum
 * of those that are not stale, which form a list in the order in which they came.
 */
final class OverflowSeries {
  /** A record's series has 1,024 labels at most; one more tells the partition. */
  private static final int MAX_LABELS = 1_025;

  /** The end of a list. */
  static final int NONE = -1;

  final Labels labels;
  final boolean counter;

  /** Keys of the labels that were folded. */
  final long[] labelKeys;

  /** Its number in the segment. */
  int number;

  /** The sum in two parts: the second is what rounding took from the first. */
  double sum;

  double lost;

  /** How many of the summands are not finite, which have no place in a sum. */
  long notNumbers;

  long positive;
  long negative;

  /** How many a gauge adds up. */
  long summands;

  /** Time of its newest sample. */
  long lastTime = Long.MIN_VALUE;

  /** Minute of receipt of the newest sample it was given. */
  int lastMinute;

  /** The summands of a gauge, those that came first at the front. */
  int first = NONE;

  int last = NONE;

  /** Whether it is to get a sample. */
  boolean changed;

  OverflowSeries(Labels labels, boolean counter, long[] labelKeys) {
    this.labels = labels;
    this.counter = counter;
    this.labelKeys = labelKeys;
  }

  void add(double value) {
    summands++;
    count(value, 1);
  }

  void subtract(double value) {
    summands--;
    count(value, -1);
    if (summands == 0) {
      sum = 0;
      lost = 0;
    }
  }

  /** Adds what a counter rose by. */
  void rise(double by) {
    addFinite(by);
  }

  private void count(double value, int sign) {
    if (Double.isNaN(value)) {
      notNumbers += sign;
    } else if (value == Double.POSITIVE_INFINITY) {
      positive += sign;
    } else if (value == Double.NEGATIVE_INFINITY) {
      negative += sign;
    } else {
      addFinite(sign * value);
    }
  }

  /** Adds in twice the precision of a double (Dekker, 1971), so that what comes can go again. */
  private void addFinite(double value) {
    double next = sum + value;
    double part = next - sum;
    lost += (sum - (next - part)) + (value - part);
    sum = next + lost;
    lost = lost - (sum - next);
  }

  /** The sum; a stale marker for a gauge that has nothing to add up any more. */
  long valueBits() {
    if (!counter && summands == 0) {
      return StaleMarker.BITS;
    }
    double value = sum + lost;
    if (notNumbers > 0 || (positive > 0 && negative > 0)) {
      value = Double.NaN;
    } else if (positive > 0 || negative > 0) {
      value = positive > 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
    return Double.doubleToRawLongBits(value);
  }

  /** Everything but the summands themselves. */
  void write(CarryWriter out) {
    out.number(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      out.text(labels.name(i)).text(labels.value(i));
    }
    out.number(counter ? 1 : 0).number(labelKeys.length);
    for (long key : labelKeys) {
      out.bits(key);
    }
    out.bits(Double.doubleToRawLongBits(sum)).bits(Double.doubleToRawLongBits(lost));
    out.number(notNumbers).number(positive).number(negative).number(summands);
    out.number(lastTime == Long.MIN_VALUE ? 0 : lastTime + 1).number(lastMinute);
  }

  static OverflowSeries read(CarryReader in) {
    String[] pairs = new String[2 * in.count(MAX_LABELS)];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = in.text();
    }
    boolean counter = in.number() == 1;
    long[] keys = new long[in.count(MAX_LABELS)];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = in.bits();
    }
    OverflowSeries read = new OverflowSeries(Labels.of(pairs), counter, keys);
    read.sum = Double.longBitsToDouble(in.bits());
    read.lost = Double.longBitsToDouble(in.bits());
    read.notNumbers = in.number();
    read.positive = in.number();
    read.negative = in.number();
    read.summands = in.number();
    long time = in.number();
    read.lastTime = time == 0 ? Long.MIN_VALUE : time - 1;
    read.lastMinute = (int) in.number();
    return read;
  }
}

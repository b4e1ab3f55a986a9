package io.aom.metrics.promql;

import io.aom.metrics.promql.Evaluation.Ranges;
import io.aom.metrics.promql.NewestSamples.Wanted;
import io.aom.metrics.series.Restarts;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.RollupColumns.Kind;
import io.aom.metrics.series.RollupColumns.Stretch;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Range functions, and instant selectors, of series in stretches. Where the edges of a window cut
 * no stretch, the results are those of the samples themselves, but for the rounding of sums. A
 * stretch that is cut is taken as if its samples were evenly spaced and grew evenly.
 */
final class RollupRanges {
  static final Set<Kind> KINDS_OF_NEWEST = EnumSet.of(Kind.LASTS);

  private final Function function;
  private final CounterRanges counters;
  private final Cut left = new Cut();
  private final Cut right = new Cut();

  /** With what rounding took of it: a window may have lost little where others lost much. */
  private double[] lostTo = {};

  private double[] lostToRest = {};
  private long[] countTo = {};
  private long[] resetsTo = {};

  RollupRanges(Function function, CounterRanges counters) {
    this.function = function;
    this.counters = counters;
  }

  /** What of stretches a function takes; null if it needs samples. */
  static @Nullable Set<Kind> kinds(Function function) {
    return switch (function) {
      case RATE, INCREASE, DELTA, RESETS -> EnumSet.of(Kind.LASTS, Kind.RISES);
      case LAST_OVER_TIME, TS_OF_LAST_OVER_TIME -> EnumSet.of(Kind.LASTS);
      case FIRST_OVER_TIME, TS_OF_FIRST_OVER_TIME -> EnumSet.of(Kind.RISES);
      case COUNT_OVER_TIME, PRESENT_OVER_TIME -> EnumSet.noneOf(Kind.class);
      case SUM_OVER_TIME, AVG_OVER_TIME -> EnumSet.of(Kind.SUMS);
      case MIN_OVER_TIME, MAX_OVER_TIME -> EnumSet.of(Kind.EXTREMES);
      default -> null;
    };
  }

  /** The part of a stretch that lies in a window. */
  private static final class Cut {
    long firstTime;
    long lastTime;
    long count;
    double first;
    double last;
    long start;

    /** Of what was lost in restarts, and of how many there were, the part that counts. */
    double grown;

    /** Of the samples the part that counts. */
    double share;

    void of(RollupColumns all, int index, long start, long end) {
      firstTime = all.firstTime(index);
      lastTime = all.lastTime(index);
      count = all.count(index);
      first = all.first(index);
      last = all.last(index);
      this.start = all.firstStart(index);
      grown = 1;
      share = 1;
      if (firstTime <= start || lastTime > end) {
        cut(start, end);
      }
    }

    /** What of the loss in a stretch counts: between fewer than two samples nothing is lost. */
    double lost(double whole) {
      return grown == 0 ? 0 : grown * whole;
    }

    /** A stretch that is cut has two samples at least. */
    private void cut(long start, long end) {
      double gap = (double) (lastTime - firstTime) / (count - 1);
      long from = firstTime > start ? 0 : (long) Math.floor((start - firstTime) / gap) + 1;
      long to = lastTime <= end ? count : (long) Math.floor((end - firstTime) / gap) + 1;
      if (from >= to) {
        count = 0;
        return;
      }
      grown = (double) (to - 1 - from) / (count - 1);
      share = (double) (to - from) / count;
      double begun = (double) from / (count - 1);
      double rise = last - first;
      long begin = firstTime;
      firstTime = begin + Math.round(from * gap);
      lastTime = begin + Math.round((to - 1) * gap);
      first += rise * begun;
      last = first + rise * grown;
      if (from > 0) {
        this.start = 0;
      }
      count = to - from;
    }
  }

  /**
   * @param series for its labels
   * @param all in which the function's {@link #kinds} are
   */
  void evaluate(Points series, RollupColumns all, Ranges ranges, StepSeries to) {
    RollupColumns live = withoutStale(all);
    if (live.size() == 0) {
      return;
    }
    sumUp(live);
    // Windows slide along, so the first and the last stretch of each are behind those of the one
    // before.
    int ended = 0;
    int begun = 0;
    for (int step = 0; step < to.steps(); step++) {
      long end = ranges.times().at(step);
      long start = end - ranges.rangeMillis();
      while (ended < live.size() && live.lastTime(ended) <= start) {
        ended++;
      }
      while (begun < live.size() && live.firstTime(begun) <= end) {
        begun++;
      }
      int from = ended;
      int until = begun - 1;
      if (from <= until) {
        left.of(live, from, start, end);
        if (left.count == 0 && from < until) {
          left.of(live, ++from, start, end);
        }
        if (from < until) {
          right.of(live, until, start, end);
          if (right.count == 0) {
            right.of(live, --until, start, end);
          }
        }
        if (left.count > 0) {
          to.values()[step] = value(live, from, until, start, end);
        }
      }
    }
    boolean counter = function == Function.RATE || function == Function.INCREASE;
    if (counter && !to.isAllEmpty()) {
      counters.noteNoCounter(series);
    }
  }

  private static RollupColumns withoutStale(RollupColumns all) {
    int stale = 0;
    for (int i = 0; i < all.size(); i++) {
      stale += all.isStale(i) ? 1 : 0;
    }
    if (stale == 0) {
      return all;
    }
    RollupColumns live = new RollupColumns();
    Stretch scratch = new Stretch();
    for (int i = 0; i < all.size(); i++) {
      if (!all.isStale(i)) {
        live.append(all, i, scratch);
      }
    }
    return live;
  }

  /** What there was up to and with each stretch, so that any window takes one subtraction. */
  private void sumUp(RollupColumns all) {
    int size = all.size();
    if (countTo.length < size) {
      lostTo = new double[size * 2];
      lostToRest = new double[size * 2];
      countTo = new long[size * 2];
      resetsTo = new long[size * 2];
    }
    KahanSum lost = new KahanSum();
    long count = 0;
    long resets = 0;
    for (int i = 0; i < size; i++) {
      if (i > 0 && restarts(all, i)) {
        lost.add(all.last(i - 1));
        resets++;
      }
      lost.add(all.lost(i));
      resets += all.resets(i);
      count += all.count(i);
      lostTo[i] = lost.sum;
      lostToRest[i] = lost.lost;
      countTo[i] = count;
      resetsTo[i] = resets;
    }
  }

  /** Whether a counter began anew between a stretch and the one before. */
  private static boolean restarts(RollupColumns all, int index) {
    return all.first(index) < all.last(index - 1)
        || Restarts.between(
            all.lastStart(index - 1),
            all.lastTime(index - 1),
            all.firstStart(index),
            all.firstTime(index));
  }

  private double value(RollupColumns all, int from, int to, long start, long end) {
    Cut last = from == to ? left : right;
    return switch (function) {
      case RATE -> rate(all, from, to, start, end, true, true);
      case INCREASE -> rate(all, from, to, start, end, true, false);
      case DELTA -> rate(all, from, to, start, end, false, false);
      case COUNT_OVER_TIME -> count(from, to);
      case PRESENT_OVER_TIME -> 1;
      case LAST_OVER_TIME -> last.last;
      case FIRST_OVER_TIME -> left.first;
      case TS_OF_LAST_OVER_TIME -> last.lastTime / 1000.0;
      case TS_OF_FIRST_OVER_TIME -> left.firstTime / 1000.0;
      case SUM_OVER_TIME -> sum(all, from, to);
      case AVG_OVER_TIME -> sum(all, from, to) / count(from, to);
      case MIN_OVER_TIME -> extreme(all, from, to, false);
      case MAX_OVER_TIME -> extreme(all, from, to, true);
      case RESETS -> resets(all, from, to);
      default -> throw new IllegalStateException("not of rollups: " + function);
    };
  }

  private long count(int from, int to) {
    return from == to ? left.count : left.count + countTo[to - 1] - countTo[from] + right.count;
  }

  private double resets(RollupColumns all, int from, int to) {
    return Math.rint(
        from == to
            ? left.grown * all.resets(from)
            : left.grown * all.resets(from)
                + (resetsTo[to] - all.resets(to) - resetsTo[from])
                + right.grown * all.resets(to));
  }

  private double rate(
      RollupColumns all,
      int from,
      int to,
      long start,
      long end,
      boolean counter,
      boolean perSecond) {
    Cut last = from == to ? left : right;
    long count = count(from, to);
    long began = left.start;
    boolean sinceStart = counter && began != 0 && began > start && began < left.firstTime;
    if (count < 2 && !sinceStart) {
      return StepSeries.EMPTY;
    }
    double rise = last.last - left.first;
    if (counter) {
      rise += left.lost(all.lost(from));
      if (from < to) {
        rise += lostBetween(all, from, to) + right.lost(all.lost(to));
      }
    }
    int samples = (int) Math.min(count, Integer.MAX_VALUE);
    if (sinceStart) {
      return (rise + left.first)
          * Rates.factorSince(began, left.firstTime, last.lastTime, samples, start, end, perSecond);
    }
    return Rates.extrapolated(
        rise, left.first, left.firstTime, last.lastTime, samples, start, end, counter, perSecond);
  }

  /** What was lost between the end of one stretch and the beginning of another. */
  private double lostBetween(RollupColumns all, int from, int to) {
    double lost = (lostTo[to] - lostTo[from]) - all.lost(to) + (lostToRest[to] - lostToRest[from]);
    if (Double.isFinite(lost)) {
      return lost;
    }
    lost = 0; // what was infinite may lie before this window
    for (int i = from + 1; i <= to; i++) {
      lost += restarts(all, i) ? all.last(i - 1) : 0;
      lost += i < to ? all.lost(i) : 0;
    }
    return lost;
  }

  private double sum(RollupColumns all, int from, int to) {
    KahanSum sum = new KahanSum();
    sum.add(left.share * all.sum(from));
    for (int i = from + 1; i < to; i++) {
      sum.add(all.sum(i));
    }
    if (from < to) {
      sum.add(right.share * all.sum(to));
    }
    return sum.total();
  }

  /** Of a stretch that is cut all of it counts. */
  private static double extreme(RollupColumns all, int from, int to, boolean greatest) {
    double held = greatest ? all.greatest(from) : all.least(from);
    for (int i = from + 1; i <= to; i++) {
      double value = greatest ? all.greatest(i) : all.least(i);
      if ((greatest ? value > held : value < held) || Double.isNaN(held)) {
        held = value;
      }
    }
    return held;
  }

  /**
   * The newest sample at each step. Of a stretch that a step cuts its first sample is known.
   *
   * @return whether there is one at any step
   */
  static boolean newest(
      RollupColumns all, SelectorTimes at, long lookbackMillis, Wanted wanted, StepSeries to) {
    boolean found = false;
    int begun = 0;
    for (int step = 0; step < to.steps(); step++) {
      long time = at.at(step);
      while (begun < all.size() && all.firstTime(begun) <= time) {
        begun++;
      }
      int index = begun - 1;
      if (index < 0 || all.isStale(index)) {
        continue;
      }
      boolean whole = all.lastTime(index) <= time;
      long sampled = whole ? all.lastTime(index) : all.firstTime(index);
      if (sampled <= time - lookbackMillis) {
        continue;
      }
      double value =
          switch (wanted) {
            case VALUE -> whole ? all.last(index) : all.first(index);
            case TIME -> sampled / 1000.0;
            case START -> (whole ? all.lastStart(index) : all.firstStart(index)) / 1000.0;
          };
      to.values()[step] = value;
      found |= !StepSeries.isEmpty(value);
    }
    return found;
  }
}

package io.aom.metrics.query;

import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.Rollup;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.RollupColumns.Stretch;
import io.aom.metrics.series.SampleColumns;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Stitches stretches of rollups and samples of one series together, so that each sample counts
 * once. Buckets in which two of them overlap, since samples came late or twice, are read as samples
 * anew. For one thread.
 */
final class Stitching {
  /** Gives the samples of a series in {@code (afterMillis, untilMillis]}, all of them. */
  interface Samples {
    SampleColumns read(int series, long afterMillis, long untilMillis);
  }

  private final long bucketMillis;
  private final Set<Long> sampled;
  private final long samplesFromMillis;
  private final Samples samples;
  private final Stretch scratch = new Stretch();
  private RollupColumns stretches = new RollupColumns();
  private RollupColumns result = new RollupColumns();

  /**
   * @param bucketMillis of the coarsest rollup
   * @param sampled ends of buckets that are to be read as samples
   * @param samplesFromMillis from when on there are samples; buckets of before stay as they are,
   *     and where they overlap count together
   */
  Stitching(long bucketMillis, Set<Long> sampled, long samplesFromMillis, Samples samples) {
    this.samplesFromMillis = samplesFromMillis;
    this.bucketMillis = bucketMillis;
    this.sampled = sampled;
    this.samples = samples;
  }

  /** Where the stretches of a series are to be put, in any order; empty. */
  RollupColumns stretches() {
    stretches.clear();
    return stretches;
  }

  /**
   * The series as it is in {@link #stretches} and in samples. Valid until the next call.
   *
   * @param raw what is not rolled up, in time order
   * @param fromMillis from when on the series counts; a stretch that begins before and ends later
   *     is read as samples, or left out where they are gone. Neither these nor {@code raw} have
   *     what is older
   */
  RollupColumns stitch(int series, SampleColumns raw, long fromMillis) {
    sort();
    TreeSet<Long> anew = new TreeSet<>();
    if (fromMillis != SeriesCuts.ALL) {
      cut(fromMillis, anew);
    }
    boolean joins = false;
    int next = 0;
    for (int i = 0; i < stretches.size(); i++) {
      while (next < raw.size() && raw.time(next) < stretches.firstTime(i)) {
        next++;
      }
      boolean overlaps =
          (i > 0 && stretches.firstTime(i) <= stretches.lastTime(i - 1))
              || (next < raw.size() && raw.time(next) <= stretches.lastTime(i));
      if (!overlaps && sampled.isEmpty()) {
        continue; // nearly all of them
      }
      long bucket = bucket(stretches.firstTime(i));
      if (overlaps || sampled.contains(bucket)) {
        if (bucket - bucketMillis >= samplesFromMillis) {
          anew.add(bucket);
        } else {
          joins |= overlaps;
        }
      }
    }
    if (joins) {
      stretches = joined();
    }
    result.clear();
    if (anew.isEmpty()) {
      merge(raw);
      return result;
    }
    SampleColumns all = new SampleColumns();
    int from = 0;
    for (long bucket : anew) {
      int until = raw.firstAfter(bucket - bucketMillis);
      all.appendAll(raw, from, until);
      SampleColumns read = samples.read(series, bucket - bucketMillis, bucket);
      all.appendAll(read, 0, read.size());
      from = raw.firstAfter(bucket);
    }
    all.appendAll(raw, from, raw.size());
    RollupColumns left = new RollupColumns();
    for (int i = 0; i < stretches.size(); i++) {
      if (!anew.contains(bucket(stretches.firstTime(i)))) {
        left.append(stretches, i, scratch);
      }
    }
    stretches = left;
    merge(all);
    return result;
  }

  private void cut(long fromMillis, Set<Long> anew) {
    RollupColumns left = new RollupColumns();
    for (int i = 0; i < stretches.size(); i++) {
      if (stretches.firstTime(i) >= fromMillis) {
        left.append(stretches, i, scratch);
      } else if (stretches.lastTime(i) >= fromMillis) {
        long bucket = bucket(stretches.firstTime(i));
        if (bucket - bucketMillis >= samplesFromMillis) {
          anew.add(bucket);
        }
      }
    }
    stretches = left;
  }

  /** What overlaps, and can no longer be told apart, as one stretch. */
  private RollupColumns joined() {
    RollupColumns all = new RollupColumns();
    Stretch last = new Stretch();
    for (int i = 0; i < stretches.size(); i++) {
      boolean overlaps = last.count > 0 && stretches.firstTime(i) <= last.lastTime;
      if (overlaps && !stretches.isStale(i)) {
        last.join(stretches, i);
      } else if (!overlaps) {
        if (i > 0) {
          all.append(last);
        }
        last.set(stretches, i);
      }
    }
    all.append(last);
    return all;
  }

  private long bucket(long timeMillis) {
    return Rollup.bucketEnd(timeMillis, bucketMillis);
  }

  /** Parts come by offset, so stretches are out of order only where samples came late. */
  private void sort() {
    boolean sorted = true;
    for (int i = 1; i < stretches.size() && sorted; i++) {
      sorted = stretches.firstTime(i - 1) <= stretches.firstTime(i);
    }
    if (sorted) {
      return;
    }
    RollupColumns unsorted = stretches;
    Integer[] order = new Integer[unsorted.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Long.compare(unsorted.firstTime(a), unsorted.firstTime(b)));
    RollupColumns inOrder = new RollupColumns();
    for (int index : order) {
      inOrder.append(unsorted, index, scratch);
    }
    stretches = inOrder;
  }

  private void merge(SampleColumns raw) {
    int from = 0;
    for (int next = 0; next < raw.size(); next++) {
      int to = from;
      while (to < stretches.size() && stretches.firstTime(to) <= raw.time(next)) {
        to++;
      }
      result.appendAll(stretches, from, to);
      append(raw, next);
      from = to;
    }
    result.appendAll(stretches, from, stretches.size());
  }

  private void append(SampleColumns raw, int index) {
    scratch.single(raw.time(index), raw.value(index), raw.start(index));
    result.append(scratch);
  }
}

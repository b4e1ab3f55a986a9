package io.aom.metrics.series;

/**
 * Rolls floats up into buckets of time that end at the multiples of a resolution, open on the left
 * as PromQL's ranges are: a sample at the end of a bucket belongs to it. Not thread-safe.
 */
public final class Rollup {
  private final long resolutionMillis;
  private final RollupColumns.Stretch bucket = new RollupColumns.Stretch();
  private final RollupColumns.Stretch stale = new RollupColumns.Stretch();

  public Rollup(long resolutionMillis) {
    this.resolutionMillis = resolutionMillis;
  }

  /** End of the bucket that a time lies in. */
  public static long bucketEnd(long timeMillis, long resolutionMillis) {
    return -Math.floorDiv(-timeMillis, resolutionMillis) * resolutionMillis;
  }

  /**
   * Appends the buckets of a series; histograms among the samples are passed over. A stale marker
   * is kept where it is the last of its bucket: only there it says something that the next sample
   * does not.
   */
  public void add(SampleColumns samples, RollupColumns to) {
    int from = 0;
    while (from < samples.size()) {
      long end = bucketEnd(samples.time(from), resolutionMillis);
      int until = samples.firstAfter(end);
      bucket(samples, from, until, to);
      from = until;
    }
  }

  private void bucket(SampleColumns samples, int from, int until, RollupColumns to) {
    bucket.count = 0;
    boolean staleLast = false;
    double lostSum = 0;
    double sum = 0;
    for (int i = from; i < until; i++) {
      if (samples.histogram(i) != null) {
        continue;
      }
      double value = samples.value(i);
      if (StaleMarker.is(value)) {
        staleLast = true;
        stale.single(samples.time(i), value, 0);
        continue;
      }
      staleLast = false;
      if (bucket.count == 0) {
        bucket.single(samples.time(i), value, samples.start(i));
        sum = value;
        continue;
      }
      long start = samples.start(i);
      if (value < bucket.last
          || Restarts.between(bucket.lastStart, bucket.lastTime, start, samples.time(i))) {
        bucket.lost += bucket.last;
        bucket.resets++;
      }
      bucket.lastTime = samples.time(i);
      bucket.last = value;
      bucket.lastStart = start;
      bucket.count++;
      if (value < bucket.least || Double.isNaN(bucket.least)) {
        bucket.least = value;
      }
      if (value > bucket.greatest || Double.isNaN(bucket.greatest)) {
        bucket.greatest = value;
      }
      double next = sum + value; // as Neumaier sums, so that decimals mostly stay decimals
      if (Double.isInfinite(next)) {
        lostSum = 0;
      } else {
        lostSum += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
      }
      sum = next;
    }
    if (bucket.count > 0) {
      bucket.sum = Double.isInfinite(sum) ? sum : sum + lostSum;
      to.append(bucket);
    }
    if (staleLast) {
      to.append(stale);
    }
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Bucket;
import io.aom.metrics.series.Labels;
import java.util.List;

/**
 * Estimates from the buckets of a native histogram. They are Prometheus's to the letter, oddities
 * included, because dashboards compare them.
 *
 * @param span what remarks are about
 */
record NativeQuantiles(Annotations annotations, Span span) {

  double quantile(double phi, FloatHistogram histogram, Labels labels) {
    if (phi < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (phi > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (histogram.count() == 0 || Double.isNaN(phi)) {
      return Double.NaN;
    }
    boolean nan = Double.isNaN(histogram.sum());
    // From the nearer end, so that in a gap between buckets the far side's edge is the answer.
    // Observations that are no numbers are in no bucket, so they count as the largest.
    boolean fromTop = phi >= 0.5 && !nan;
    double rank = (fromTop ? 1 - phi : phi) * histogram.count();
    List<Bucket> buckets = histogram.buckets();
    Bucket bucket = new Bucket(0, 0, 0);
    double seen = 0;
    int i = 0;
    while (i < buckets.size()) {
      bucket = buckets.get(fromTop ? buckets.size() - 1 - i : i);
      i++;
      seen += bucket.count();
      if (seen >= rank) {
        break;
      }
    }
    boolean custom = histogram.isCustom();
    if (custom && Double.isInfinite(bucket.lower())) {
      if (bucket.upper() <= 0) {
        return bucket.upper();
      }
      bucket = new Bucket(0, bucket.upper(), bucket.count());
    } else if (custom && Double.isInfinite(bucket.upper())) {
      return bucket.lower();
    } else if (!custom && bucket.lower() < 0 && bucket.upper() > 0) {
      bucket = oneSided(histogram, bucket);
    }
    double counted = Math.min(seen, histogram.count());
    if (counted < rank) {
      if (nan) {
        annotations.quantileOfNan(span, labels, false);
        return Double.NaN;
      }
      return bucket.upper();
    }
    double inBucket = fromTop ? counted - rank : rank - (counted - bucket.count());
    if (nan) {
      noteSkew(histogram, buckets, i, counted, labels);
      // As in Prometheus, which has gone on to the last bucket in search of what is missing.
      bucket = i < buckets.size() ? buckets.getLast() : bucket;
    }
    return inside(bucket, inBucket / bucket.count(), custom);
  }

  private void noteSkew(
      FloatHistogram histogram, List<Bucket> buckets, int from, double counted, Labels labels) {
    double all = counted;
    for (int i = from; i < buckets.size(); i++) {
      all += buckets.get(i).count();
    }
    if (all < histogram.count()) {
      annotations.quantileOfNan(span, labels, true);
    }
  }

  /** The bucket around zero, without the side that has no other buckets. */
  private static Bucket oneSided(FloatHistogram histogram, Bucket bucket) {
    boolean above = histogram.positive.size() > 0;
    boolean below = histogram.negative.size() > 0;
    if (above && !below) {
      return new Bucket(0, bucket.upper(), bucket.count());
    }
    return below && !above ? new Bucket(bucket.lower(), 0, bucket.count()) : bucket;
  }

  private static double inside(Bucket bucket, double share, boolean custom) {
    if (custom || (bucket.lower() <= 0 && bucket.upper() >= 0)) {
      return bucket.lower() + (bucket.upper() - bucket.lower()) * share;
    }
    double low = FunctionCalls.log2(Math.abs(bucket.lower()));
    double high = FunctionCalls.log2(Math.abs(bucket.upper()));
    return bucket.lower() > 0
        ? Math.pow(2, low + (high - low) * share)
        : -Math.pow(2, high + (low - high) * (1 - share));
  }

  double fraction(double lower, double upper, FloatHistogram histogram, Labels labels) {
    if (histogram.count() == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    double counted = 0;
    Ranks ranks = new Ranks(lower, upper);
    for (Bucket bucket : histogram.buckets()) {
      counted += bucket.count();
      boolean aroundZero = bucket.lower() <= 0 && bucket.upper() >= 0;
      ranks.add(
          aroundZero ? oneSided(histogram, bucket) : bucket, histogram.isCustom() || aroundZero);
    }
    double total = histogram.count();
    if (Double.isNaN(histogram.sum())) {
      if (counted < total) {
        annotations.fractionOfNan(span, labels);
      }
      total = counted;
    }
    return ranks.difference(total) / histogram.count();
  }

  /** How many observations lie below two limits, found in one walk over ascending buckets. */
  static final class Ranks {
    private final double lower;
    private final double upper;
    private double rank;
    private double lowerRank = Double.NaN;
    private double upperRank = Double.NaN;

    Ranks(double lower, double upper) {
      this.lower = lower;
      this.upper = upper;
    }

    void add(Bucket bucket, boolean linear) {
      if (Double.isNaN(lowerRank)) {
        lowerRank = rank(lower, bucket, linear);
      }
      if (Double.isNaN(upperRank)) {
        upperRank = rank(upper, bucket, linear);
      }
      rank += bucket.count();
    }

    /** How many observations lie below the limit, if the bucket says so; else NaN. */
    private double rank(double limit, Bucket bucket, boolean linear) {
      if (bucket.lower() >= limit) {
        return rank;
      }
      if (bucket.upper() <= limit) {
        return Double.NaN;
      }
      // A bucket without a lower end cannot be divided: all of it counts.
      return linear && bucket.lower() == Double.NEGATIVE_INFINITY
          ? bucket.count()
          : rank + bucket.count() * share(limit, bucket, linear);
    }

    double difference(double total) {
      double low = Double.isNaN(lowerRank) ? total : Math.min(lowerRank, total);
      double high = Double.isNaN(upperRank) ? total : Math.min(upperRank, total);
      return high - low;
    }

    private static double share(double limit, Bucket bucket, boolean linear) {
      if (linear) {
        return (limit - bucket.lower()) / (bucket.upper() - bucket.lower());
      }
      double low = FunctionCalls.log2(Math.abs(bucket.lower()));
      double high = FunctionCalls.log2(Math.abs(bucket.upper()));
      double at = FunctionCalls.log2(Math.abs(limit));
      return limit > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high);
    }
  }

  static double variance(FloatHistogram histogram) {
    double mean = histogram.sum() / histogram.count();
    KahanSum squares = new KahanSum();
    for (Bucket bucket : histogram.buckets()) {
      double middle;
      if (histogram.isCustom()) {
        middle = (bucket.lower() + bucket.upper()) / 2;
      } else if (bucket.lower() <= 0 && bucket.upper() >= 0) {
        middle = 0;
      } else {
        middle = Math.copySign(Math.sqrt(bucket.lower() * bucket.upper()), bucket.upper());
      }
      double delta = middle - mean;
      squares.add(bucket.count() * delta * delta);
    }
    return (squares.sum + squares.lost) / histogram.count();
  }
}

package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Bucket;
import java.util.ArrayList;
import java.util.List;

/** Estimates from the buckets of a native histogram. */
final class NativeQuantiles {
  private NativeQuantiles() {}

  /** What the buckets say where the observations of the bucket around zero lie. */
  private static Bucket narrowed(FloatHistogram histogram, Bucket bucket) {
    if (histogram.isCustom()) {
      return Double.isInfinite(bucket.lower()) && bucket.upper() > 0
          ? new Bucket(0, bucket.upper(), bucket.count())
          : bucket;
    }
    if (bucket.lower() < 0 && bucket.upper() > 0) {
      if (histogram.negative.size() == 0 && histogram.positive.size() > 0) {
        return new Bucket(0, bucket.upper(), bucket.count());
      }
      if (histogram.positive.size() == 0 && histogram.negative.size() > 0) {
        return new Bucket(bucket.lower(), 0, bucket.count());
      }
    }
    return bucket;
  }

  static double quantile(double phi, FloatHistogram histogram) {
    if (phi < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (phi > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (histogram.count() == 0 || Double.isNaN(phi)) {
      return Double.NaN;
    }
    List<Bucket> buckets = histogram.buckets();
    if (buckets.isEmpty()) {
      return Double.NaN;
    }
    // From the nearer end, so that in a gap between buckets the far side's edge is the answer.
    boolean fromTop = phi >= 0.5 && !Double.isNaN(histogram.sum());
    double rank = (fromTop ? 1 - phi : phi) * histogram.count();
    double seen = 0;
    Bucket found = buckets.get(0);
    for (int i = 0; i < buckets.size(); i++) {
      found = buckets.get(fromTop ? buckets.size() - 1 - i : i);
      seen += found.count();
      if (seen >= rank) {
        break;
      }
    }
    if (Double.isNaN(histogram.sum()) && seen < rank) {
      return Double.NaN; // the rank lies among observations that are no numbers
    }
    rank = Math.min(rank, seen);
    boolean custom = histogram.isCustom();
    if (custom && Double.isInfinite(found.lower()) && found.upper() <= 0) {
      return found.upper();
    }
    Bucket bucket = narrowed(histogram, found);
    if (custom && Double.isInfinite(bucket.upper())) {
      return bucket.lower();
    }
    double inBucket = fromTop ? seen - rank : rank - (seen - bucket.count());
    double share = inBucket / bucket.count();
    return inside(bucket, share, custom);
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

  static double fraction(double lower, double upper, FloatHistogram histogram) {
    if (histogram.count() == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    return (below(upper, histogram) - below(lower, histogram)) / histogram.count();
  }

  /** How many observations are at most {@code limit}. */
  static double below(double limit, FloatHistogram histogram) {
    List<Bucket> narrowed = new ArrayList<>();
    for (Bucket bucket : histogram.buckets()) {
      narrowed.add(narrowed(histogram, bucket));
    }
    return below(limit, narrowed, histogram.isCustom());
  }

  static double below(double limit, List<Bucket> buckets, boolean linear) {
    if (limit == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    double rank = 0;
    for (Bucket bucket : buckets) {
      if (limit >= bucket.upper() || Double.isInfinite(bucket.lower())) {
        rank += bucket.count();
        continue;
      }
      if (limit <= bucket.lower() || Double.isInfinite(bucket.upper())) {
        break;
      }
      rank += bucket.count() * share(limit, bucket, linear);
      break;
    }
    return rank;
  }

  private static double share(double limit, Bucket bucket, boolean linear) {
    if (linear || (bucket.lower() <= 0 && bucket.upper() >= 0)) {
      return (limit - bucket.lower()) / (bucket.upper() - bucket.lower());
    }
    double low = FunctionCalls.log2(Math.abs(bucket.lower()));
    double high = FunctionCalls.log2(Math.abs(bucket.upper()));
    double at = FunctionCalls.log2(Math.abs(limit));
    return bucket.lower() > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high);
  }

  static double variance(FloatHistogram histogram) {
    double mean = histogram.sum() / histogram.count();
    KahanSum squares = new KahanSum();
    for (Bucket bucket : histogram.buckets()) {
      double middle;
      if (histogram.isCustom()) {
        middle =
            Double.isInfinite(bucket.lower())
                ? (bucket.upper() > 0 ? bucket.upper() / 2 : bucket.upper())
                : Double.isInfinite(bucket.upper())
                    ? bucket.lower()
                    : (bucket.lower() + bucket.upper()) / 2;
      } else if (bucket.lower() <= 0 && bucket.upper() >= 0) {
        middle = 0;
      } else {
        middle = Math.copySign(Math.sqrt(bucket.lower() * bucket.upper()), bucket.upper());
      }
      double delta = middle - mean;
      squares.add(bucket.count() * delta * delta);
    }
    return squares.total() / histogram.count();
  }
}

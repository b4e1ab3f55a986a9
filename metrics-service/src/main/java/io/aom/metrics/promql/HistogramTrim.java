package io.aom.metrics.promql;

/** The part of a histogram on one side of a value, with the sum estimated anew. */
final class HistogramTrim {
  private HistogramTrim() {}

  /** The observations up to {@code limit}, or those above it. */
  static FloatHistogram trim(FloatHistogram of, double limit, boolean keepBelow) {
    if (Double.isNaN(limit)) {
      return part(of, limit, keepBelow);
    }
    boolean all = keepBelow ? limit == Double.POSITIVE_INFINITY : limit == Double.NEGATIVE_INFINITY;
    return all ? of : part(of, limit, keepBelow);
  }

  private static FloatHistogram part(FloatHistogram of, double limit, boolean keepBelow) {
    Part part = new Part(of, limit, keepBelow);
    Buckets negative = part.side(of.negative, true);
    double zeros = part.zero();
    Buckets positive = part.side(of.positive, false);
    boolean touched = part.cut;
    return new FloatHistogram(
        of.schema,
        of.hint,
        of.zeroThreshold,
        zeros,
        touched ? part.count.total() : of.count,
        touched ? part.sum.total() : of.sum,
        positive,
        negative,
        of.bounds);
  }

  private static final class Part {
    private final FloatHistogram of;
    private final double limit;
    private final boolean keepBelow;
    private final KahanSum count = new KahanSum();
    private final KahanSum sum = new KahanSum();
    private boolean cut;

    Part(FloatHistogram of, double limit, boolean keepBelow) {
      this.of = of;
      this.limit = limit;
      this.keepBelow = keepBelow;
    }

    Buckets side(Buckets buckets, boolean negative) {
      Buckets.Builder kept = new Buckets.Builder();
      for (int i = 0; i < buckets.size(); i++) {
        int index = buckets.index(i);
        double lower = negative ? -of.upper(index) : of.lower(index);
        double upper = negative ? -of.lower(index) : of.upper(index);
        boolean linear = of.isCustom();
        if (linear && index == 0 && upper > 0 && Double.isInfinite(lower)) {
          // Taken to begin at zero; below that, or without an end, it has no width to divide.
          if (limit < 0 || Double.isInfinite(upper)) {
            cut = true;
            continue;
          }
          lower = 0;
        }
        kept.add(index, keep(lower, upper, buckets.count(i), linear));
      }
      return kept.build();
    }

    double zero() {
      double lower = -of.zeroThreshold;
      double upper = of.zeroThreshold;
      if (of.negative.size() == 0 && of.positive.size() > 0) {
        lower = 0;
      } else if (of.positive.size() == 0 && of.negative.size() > 0) {
        upper = 0;
      }
      return of.zeroCount == 0 ? 0 : keep(lower, upper, of.zeroCount, true);
    }

    /** How much of a bucket stays; counted, and summed up at the middle of what stays. */
    private double keep(double lower, double upper, double observations, boolean linear) {
      double below = below(lower, upper, linear);
      double share = keepBelow ? below : 1 - below;
      if (share < 1) {
        cut = true;
      }
      if (share <= 0) {
        return 0;
      }
      double from = lower;
      double to = upper;
      if (share < 1) {
        from = keepBelow ? lower : limit;
        to = keepBelow ? limit : upper;
      }
      double kept = observations * share;
      count.add(kept);
      sum.add(kept * middle(from, to, linear));
      return kept;
    }

    /** Which share of the bucket lies at or below the limit. */
    private double below(double lower, double upper, boolean linear) {
      if (Double.isNaN(limit)) {
        return keepBelow ? 0 : 1;
      }
      if (limit >= upper) {
        return 1;
      }
      if (Double.isInfinite(lower)) {
        // No width to divide: kept below the limit, as a whole.
        return keepBelow ? (limit == Double.NEGATIVE_INFINITY ? 0 : 1) : 1;
      }
      if (limit <= lower) {
        return 0;
      }
      if (Double.isInfinite(upper)) {
        return keepBelow ? 0 : (limit == Double.POSITIVE_INFINITY ? 1 : 0);
      }
      if (linear) {
        return (limit - lower) / (upper - lower);
      }
      double from = log2(Math.abs(lower));
      double to = log2(Math.abs(upper));
      double at = log2(Math.abs(limit));
      return lower > 0 ? (at - from) / (to - from) : 1 - (at - to) / (from - to);
    }

    private double middle(double from, double to, boolean linear) {
      if (Double.isInfinite(from)) {
        return Double.isInfinite(to) ? 0 : Math.min(to, keepBelow ? limit : to);
      }
      if (Double.isInfinite(to)) {
        return keepBelow ? from : Math.max(from, limit);
      }
      if (linear) {
        return (from + to) / 2;
      }
      return Math.signum(from) * Math.sqrt(Math.abs(from) * Math.abs(to));
    }
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }
}

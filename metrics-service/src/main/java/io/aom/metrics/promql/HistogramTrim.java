package io.aom.metrics.promql;

/**
 * The part of a histogram on one side of a value. Where that cuts through a bucket its observations
 * are divided as quantiles divide them; the sum is then estimated from the middles of what stays.
 */
final class HistogramTrim {
  private final FloatHistogram of;
  private final double limit;
  private final boolean keepBelow;
  private double count;
  private double sum;
  private boolean cut;

  private HistogramTrim(FloatHistogram of, double limit, boolean keepBelow) {
    this.of = of;
    this.limit = limit;
    this.keepBelow = keepBelow;
  }

  /** The observations up to {@code limit}, or those above it. */
  static FloatHistogram trim(FloatHistogram of, double limit, boolean keepBelow) {
    return new HistogramTrim(of, limit, keepBelow).trimmed();
  }

  private FloatHistogram trimmed() {
    Buckets positive = side(of.positive, false);
    Buckets negative = side(of.negative, true);
    double zeros = of.zeroCount > 0 ? zeros() : of.zeroCount;
    if (!cut) {
      return of; // Prometheus drops empty buckets only where it cuts.
    }
    return new FloatHistogram(
        of.schema, of.hint, of.zeroThreshold, zeros, count, sum, positive, negative, of.bounds);
  }

  private Buckets side(Buckets buckets, boolean negative) {
    Buckets.Builder kept = new Buckets.Builder();
    for (int i = 0; i < buckets.size(); i++) {
      int index = buckets.index(i);
      double lower = negative ? -of.upper(index) : of.lower(index);
      double upper = negative ? -of.lower(index) : of.upper(index);
      kept.add(index, keep(lower, upper, buckets.count(i), negative));
    }
    return kept.build();
  }

  /** How many observations of a bucket stay; they are counted and summed up. */
  private double keep(double lower, double upper, double observations, boolean negative) {
    boolean whole = keepBelow ? upper <= limit : lower >= limit;
    if (whole) { // also where it has NaN observations, which are no others than before
      return counted(observations, middle(lower, upper, negative));
    }
    boolean part = keepBelow ? lower < limit : upper > limit;
    double stays = part ? divided(lower, upper, observations, negative) : 0;
    cut |= stays != observations;
    return stays;
  }

  private double divided(double lower, double upper, double observations, boolean negative) {
    if (Double.isInfinite(lower)) {
      return endless(upper, observations);
    }
    if (Double.isInfinite(upper)) {
      return counted(keepBelow ? 0 : observations, limit);
    }
    double below = observations * shareBelow(lower, upper);
    return keepBelow
        ? counted(below, middle(lower, limit, negative))
        : counted(observations - below, middle(limit, upper, negative));
  }

  private double counted(double stays, double middle) {
    if (stays != 0) {
      count += stays;
      sum += middle * stays;
    }
    return stays;
  }

  /**
   * A bucket without a lower end, cut. It is taken to begin at zero if it ends above; of one that
   * ends below nothing is known but that it lies there.
   */
  private double endless(double upper, double observations) {
    boolean divisible = upper > 0 && !Double.isInfinite(upper);
    if (keepBelow) {
      if (divisible && limit > 0) {
        return counted(observations * limit / upper, limit / 2);
      }
      return upper <= 0 ? counted(observations, limit) : 0;
    }
    return divisible && limit >= 0
        ? counted(observations * (1 - limit / upper), (limit + upper) / 2)
        : 0;
  }

  private double shareBelow(double lower, double upper) {
    if (of.isCustom()) {
      return (limit - lower) / (upper - lower);
    }
    double from = FunctionCalls.log2(Math.abs(lower));
    double to = FunctionCalls.log2(Math.abs(upper));
    double at = FunctionCalls.log2(Math.abs(limit));
    return limit > 0 ? (at - from) / (to - from) : 1 - (at - to) / (from - to);
  }

  private double middle(double from, double to, boolean negative) {
    if (Double.isInfinite(from)) {
      return Double.isInfinite(to) ? 0 : to > 0 ? to / 2 : to;
    }
    if (Double.isInfinite(to)) {
      return from;
    }
    if (of.isCustom()) {
      return (from + to) / 2;
    }
    double size = Math.sqrt(Math.abs(from * to));
    return negative ? -size : size;
  }

  private double zeros() {
    boolean above = of.positive.populated().size() > 0;
    boolean below = of.negative.populated().size() > 0;
    double lower = above && !below ? 0 : -of.zeroThreshold;
    double upper = below && !above ? 0 : of.zeroThreshold;
    double stays;
    double middle;
    if (limit <= lower) {
      stays = keepBelow ? 0 : of.zeroCount;
      middle = (lower + upper) / 2;
    } else if (limit >= upper) {
      stays = keepBelow ? of.zeroCount : 0;
      middle = (lower + upper) / 2;
    } else {
      double share = (limit - lower) / (upper - lower);
      stays = of.zeroCount * (keepBelow ? share : (upper - limit) / (upper - lower));
      middle = keepBelow ? (lower + limit) / 2 : (limit + upper) / 2;
    }
    cut |= stays != of.zeroCount;
    return counted(stays, middle);
  }
}

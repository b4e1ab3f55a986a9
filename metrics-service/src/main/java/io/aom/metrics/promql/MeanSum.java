package io.aom.metrics.promql;

/** A mean: from the exact sum, or step by step once the sum would overflow. */
final class MeanSum {
  private final KahanSum sum = new KahanSum();
  private long count;
  private boolean stepwise;
  private double mean;
  private double lost;

  MeanSum() {}

  /** Goes on where {@code count} values have the sum {@code sum + lost}. */
  MeanSum(double sum, double lost, long count) {
    this.sum.sum = sum;
    this.sum.lost = lost;
    this.count = count;
  }

  void add(double value) {
    count++;
    if (!stepwise) {
      double before = sum.sum;
      double beforeLost = sum.lost;
      sum.add(value);
      if (count == 1 || !Double.isInfinite(sum.sum)) {
        return;
      }
      stepwise = true;
      mean = before / (count - 1);
      lost = beforeLost / (count - 1);
    }
    step(value);
  }

  private void step(double value) {
    if (Double.isInfinite(mean)) {
      if (Double.isInfinite(value) && (mean > 0) == (value > 0)) {
        return; // stays infinite
      }
      if (Double.isFinite(value)) {
        return;
      }
    }
    double keep = (double) (count - 1) / count;
    KahanSum next = new KahanSum();
    next.sum = keep * mean;
    next.lost = keep * lost;
    next.add(value / count);
    mean = next.sum;
    lost = next.lost;
  }

  /** Takes in the mean of others, of which there is at least one and whose sum is finite. */
  void merge(double moreSum, double moreLost, long more) {
    long total = count + more;
    if (stepwise || Double.isInfinite(sum.sum + moreSum)) {
      KahanSum next = new KahanSum();
      next.sum = stepwise ? mean * ((double) count / total) : sum.sum / total;
      next.lost = stepwise ? lost * ((double) count / total) : sum.lost / total;
      next.add(moreSum / total);
      mean = next.sum;
      lost = next.lost + moreLost / total;
      stepwise = true;
    } else {
      sum.add(moreSum);
      sum.lost += moreLost;
    }
    count = total;
  }

  double total() {
    return stepwise ? mean + lost : sum.sum / count + sum.lost / count;
  }
}

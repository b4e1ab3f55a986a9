package io.aom.metrics.promql;

/** A sum that keeps what rounding loses (Kahan and Babuska, as Neumaier writes it). */
final class KahanSum {
  double sum;
  double lost;

  void add(double value) {
    double next = sum + value;
    if (Double.isInfinite(next)) {
      lost = 0;
    } else if (Math.abs(sum) >= Math.abs(value)) {
      lost += (sum - next) + value;
    } else {
      lost += (value - next) + sum;
    }
    sum = next;
  }

  double total() {
    return Double.isInfinite(sum) ? sum : sum + lost;
  }
}

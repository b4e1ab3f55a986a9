package io.aom.metrics.promql;

import java.util.Arrays;

/** Statistics of the floats in a range. */
final class FloatRanges {
  private final Annotations annotations;
  private final Expr.Call call;
  private final Span span;
  private final StepGrid grid;
  private final Window w;
  private double[] scratch = new double[64];

  FloatRanges(Annotations annotations, Expr.Call call, Span span, StepGrid grid, Window window) {
    this.annotations = annotations;
    this.call = call;
    this.span = span;
    this.grid = grid;
    this.w = window;
  }

  /** Functions that look at floats and say so if they passed over histograms. */
  double value(double first, double second) {
    if (w.floats() == 0) {
      return StepSeries.EMPTY;
    }
    noteIgnored();
    return switch (call.function()) {
      case MIN_OVER_TIME -> extreme(false, false);
      case MAX_OVER_TIME -> extreme(true, false);
      case TS_OF_MIN_OVER_TIME -> extreme(false, true);
      case TS_OF_MAX_OVER_TIME -> extreme(true, true);
      case STDVAR_OVER_TIME -> variance();
      case STDDEV_OVER_TIME -> Math.sqrt(variance());
      case QUANTILE_OVER_TIME -> quantile(first);
      case MAD_OVER_TIME -> medianDeviation();
      case DOUBLE_EXPONENTIAL_SMOOTHING -> smoothed(first, second);
      default -> throw PromqlException.execution("unknown function: " + call);
    };
  }

  private void noteIgnored() {
    if (w.others() > 0) {
      annotations.ignoredInRange(span, w.labels());
    }
  }

  private double quantile(double phi) {
    if (!(phi >= 0 && phi <= 1)) {
      annotations.quantileOutside(span, phi);
    }
    return Quantiles.of(phi, gathered(), w.floats());
  }

  private double[] gathered() {
    int count = w.floats();
    if (scratch.length < count) {
      scratch = new double[count * 2];
    }
    System.arraycopy(w.values, w.from, scratch, 0, count);
    return scratch;
  }

  double derivative(double ahead, boolean predict) {
    if (w.floats() < 2) {
      if (w.floats() == 1) {
        noteIgnored();
      }
      return StepSeries.EMPTY;
    }
    noteIgnored();
    // A prediction starts at the evaluation's own time, whatever the selector's offset.
    long origin = predict ? grid.at(w.step) : w.times[w.from];
    return regression(origin, ahead, predict);
  }

  /** Least squares; for a constant series exactly that constant. */
  private double regression(long origin, double ahead, boolean predict) {
    double initial = w.first();
    boolean constant = true;
    KahanSum sumX = new KahanSum();
    KahanSum sumY = new KahanSum();
    KahanSum sumXy = new KahanSum();
    KahanSum sumX2 = new KahanSum();
    int n = w.floats();
    for (int i = w.from; i < w.to; i++) {
      double x = (w.times[i] - origin) / 1000.0;
      double y = w.values[i];
      constant &= y == initial;
      sumX.add(x);
      sumY.add(y);
      sumXy.add(x * y);
      sumX2.add(x * x);
    }
    double slope;
    double intercept;
    if (constant) {
      if (Double.isInfinite(initial)) {
        return Double.NaN;
      }
      slope = 0;
      intercept = initial;
    } else {
      double covariance = sumXy.total() - sumX.total() * sumY.total() / n;
      double variance = sumX2.total() - sumX.total() * sumX.total() / n;
      slope = covariance / variance;
      intercept = sumY.total() / n - slope * sumX.total() / n;
    }
    return predict ? slope * ahead + intercept : slope;
  }

  private double extreme(boolean greatest, boolean wantTime) {
    int best = w.from;
    for (int i = w.from + 1; i < w.to; i++) {
      double value = w.values[i];
      double held = w.values[best];
      // Of equals the last one counts for the time.
      boolean better =
          wantTime
              ? (greatest ? value >= held : value <= held)
              : (greatest ? value > held : value < held);
      if (better || Double.isNaN(held)) {
        best = i;
      }
    }
    return wantTime ? w.times[best] / 1000.0 : w.values[best];
  }

  private double variance() {
    double mean = 0;
    double meanLost = 0;
    KahanSum squares = new KahanSum();
    long count = 0;
    for (int i = w.from; i < w.to; i++) {
      count++;
      double delta = w.values[i] - (mean + meanLost);
      KahanSum next = new KahanSum();
      next.sum = mean;
      next.lost = meanLost;
      next.add(delta / count);
      mean = next.sum;
      meanLost = next.lost;
      squares.add(delta * (w.values[i] - (mean + meanLost)));
    }
    return squares.total() / count;
  }

  private double medianDeviation() {
    int count = w.floats();
    double[] values = Arrays.copyOf(gathered(), count);
    for (double value : values) {
      if (Double.isNaN(value)) {
        return Double.NaN;
      }
    }
    double median = Quantiles.of(0.5, values, count);
    for (int i = 0; i < count; i++) {
      values[i] = Math.abs(values[i] - median);
    }
    return Quantiles.of(0.5, values, count);
  }

  private double smoothed(double smoothing, double trend) {
    if (w.floats() < 2) {
      return StepSeries.EMPTY;
    }
    double before = 0;
    double level = w.first();
    double slope = w.values[w.from + 1] - w.first();
    for (int i = 1; i < w.floats(); i++) {
      double scaled = smoothing * w.values[w.from + i];
      if (i > 1) {
        slope = trend * (level - before) + (1 - trend) * slope;
      }
      double next = scaled + (1 - smoothing) * (level + slope);
      before = level;
      level = next;
    }
    return level;
  }
}

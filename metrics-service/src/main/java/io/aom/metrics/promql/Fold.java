package io.aom.metrics.promql;

import org.jspecify.annotations.Nullable;

/**
 * One group of an aggregation: takes in series after series, each at all steps, and keeps of them
 * only what the result needs. Floats count; of histograms only that they are there.
 */
abstract sealed class Fold {
  final double[] out;

  private Fold(int steps) {
    out = StepSeries.empty(steps);
  }

  /** How many values of 8 bytes it holds for each step. */
  static int columns(Aggregation operation) {
    return switch (operation) {
      case SUM -> 2;
      case AVG, STDDEV, STDVAR -> 4;
      default -> 1;
    };
  }

  /** How many columns {@link #state} has. */
  static int stateColumns(Aggregation operation) {
    return switch (operation) {
      case SUM -> 2;
      case AVG, STDDEV, STDVAR -> 3;
      default -> 1;
    };
  }

  static Fold of(Aggregation operation, int steps) {
    return switch (operation) {
      case COUNT -> new Count(steps);
      case GROUP -> new Presence(steps);
      case MIN -> new Extreme(steps, false);
      case MAX -> new Extreme(steps, true);
      case SUM -> new Sum(steps);
      case AVG -> new Mean(steps);
      case STDDEV -> new Deviation(steps, true);
      case STDVAR -> new Deviation(steps, false);
      default -> throw new IllegalStateException("not folded: " + operation);
    };
  }

  /** Whether an aggregation is a fold at all. */
  static boolean folds(Aggregation operation) {
    return switch (operation) {
      case COUNT, GROUP, MIN, MAX, SUM, AVG, STDDEV, STDVAR -> true;
      default -> false;
    };
  }

  abstract void add(StepSeries series);

  /**
   * What it holds so far, for {@link #merge} of another; null if that cannot be told in columns.
   * Not to be changed.
   */
  double @Nullable [][] state() {
    return new double[][] {out};
  }

  /** Takes in what another fold of the same kind holds. */
  abstract void merge(double[][] state);

  /** The results; nothing can be added afterwards. */
  double[] finish() {
    return out;
  }

  private static double[] doubles(long[] counts) {
    double[] doubles = new double[counts.length];
    for (int i = 0; i < counts.length; i++) {
      doubles[i] = counts[i];
    }
    return doubles;
  }

  private static final class Count extends Fold {
    Count(int steps) {
      super(steps);
    }

    @Override
    void add(StepSeries series) {
      for (int i = 0; i < out.length; i++) {
        if (series.isPresent(i)) {
          out[i] = StepSeries.isEmpty(out[i]) ? 1 : out[i] + 1;
        }
      }
    }

    @Override
    void merge(double[][] state) {
      double[] in = state[0];
      for (int i = 0; i < out.length; i++) {
        if (!StepSeries.isEmpty(in[i])) {
          out[i] = StepSeries.isEmpty(out[i]) ? in[i] : out[i] + in[i];
        }
      }
    }
  }

  private static final class Presence extends Fold {
    Presence(int steps) {
      super(steps);
    }

    @Override
    void add(StepSeries series) {
      for (int i = 0; i < out.length; i++) {
        if (series.isPresent(i)) {
          out[i] = 1;
        }
      }
    }

    @Override
    void merge(double[][] state) {
      double[] in = state[0];
      for (int i = 0; i < out.length; i++) {
        if (!StepSeries.isEmpty(in[i])) {
          out[i] = 1;
        }
      }
    }
  }

  private static final class Extreme extends Fold {
    private final boolean greatest;

    Extreme(int steps, boolean greatest) {
      super(steps);
      this.greatest = greatest;
    }

    @Override
    void add(StepSeries series) {
      add(series.values());
    }

    @Override
    void merge(double[][] state) {
      add(state[0]);
    }

    private void add(double[] in) {
      for (int i = 0; i < out.length; i++) {
        if (StepSeries.isEmpty(in[i])) {
          continue;
        }
        boolean better = greatest ? out[i] < in[i] : out[i] > in[i];
        if (better || Double.isNaN(out[i])) { // an empty place is a NaN too
          out[i] = in[i];
        }
      }
    }
  }

  /** As {@link KahanSum} does it, in columns. */
  private static final class Sum extends Fold {
    private final double[] lost;

    Sum(int steps) {
      super(steps);
      lost = new double[steps];
    }

    @Override
    void add(StepSeries series) {
      add(series.values());
    }

    @Override
    double[][] state() {
      return new double[][] {out, lost};
    }

    @Override
    void merge(double[][] state) {
      add(state[0]);
      for (int i = 0; i < lost.length; i++) {
        lost[i] += state[1][i];
      }
    }

    private void add(double[] in) {
      for (int i = 0; i < out.length; i++) {
        double value = in[i];
        if (StepSeries.isEmpty(value)) {
          continue;
        }
        double sum = out[i];
        if (StepSeries.isEmpty(sum)) {
          out[i] = value;
          continue;
        }
        double next = sum + value;
        if (Double.isInfinite(next)) {
          lost[i] = 0;
        } else if (Math.abs(sum) >= Math.abs(value)) {
          lost[i] += (sum - next) + value;
        } else {
          lost[i] += (value - next) + sum;
        }
        out[i] = next;
      }
    }

    @Override
    double[] finish() {
      for (int i = 0; i < out.length; i++) {
        if (!StepSeries.isEmpty(out[i]) && !Double.isInfinite(out[i])) {
          out[i] += lost[i];
        }
      }
      return out;
    }
  }

  /** As {@link MeanSum} does it, in columns until a sum overflows. */
  private static final class Mean extends Fold {
    private final double[] sum;
    private final double[] lost;
    private final long[] count;
    private @Nullable MeanSum @Nullable [] overflown;

    Mean(int steps) {
      super(steps);
      sum = new double[steps];
      lost = new double[steps];
      count = new long[steps];
    }

    @Override
    void add(StepSeries series) {
      double[] in = series.values();
      for (int i = 0; i < in.length; i++) {
        double value = in[i];
        if (StepSeries.isEmpty(value)) {
          continue;
        }
        double before = sum[i];
        double next = before + value;
        if (overflown != null || Double.isInfinite(next)) {
          careful(i).add(value);
          continue;
        }
        if (Math.abs(before) >= Math.abs(value)) {
          lost[i] += (before - next) + value;
        } else {
          lost[i] += (value - next) + before;
        }
        sum[i] = next;
        count[i]++;
      }
    }

    @Override
    double @Nullable [][] state() {
      return overflown == null ? new double[][] {sum, lost, doubles(count)} : null;
    }

    @Override
    void merge(double[][] state) {
      for (int i = 0; i < sum.length; i++) {
        long more = (long) state[2][i];
        if (more == 0) {
          continue;
        }
        double value = state[0][i];
        double before = sum[i];
        double next = before + value;
        if (overflown != null || Double.isInfinite(next)) {
          careful(i).merge(value, state[1][i], more);
          continue;
        }
        lost[i] += state[1][i];
        lost[i] +=
            Math.abs(before) >= Math.abs(value) ? (before - next) + value : (value - next) + before;
        sum[i] = next;
        count[i] += more;
      }
    }

    private MeanSum careful(int step) {
      @Nullable MeanSum[] all = overflown;
      if (all == null) {
        all = new MeanSum[sum.length];
        overflown = all;
      }
      MeanSum mean = all[step];
      if (mean == null) {
        mean = new MeanSum(sum[step], lost[step], count[step]);
        all[step] = mean;
      }
      return mean;
    }

    @Override
    double[] finish() {
      @Nullable MeanSum[] all = overflown;
      for (int i = 0; i < out.length; i++) {
        MeanSum mean = all == null ? null : all[i];
        if (mean != null) {
          out[i] = mean.total();
        } else if (count[i] > 0) {
          out[i] = sum[i] / count[i] + lost[i] / count[i];
        }
      }
      return out;
    }
  }

  private static final class Deviation extends Fold {
    private final boolean root;
    private final double[] mean;
    private final double[] squares;
    private final long[] counts;

    Deviation(int steps, boolean root) {
      super(steps);
      this.root = root;
      mean = new double[steps];
      squares = new double[steps];
      counts = new long[steps];
    }

    @Override
    void add(StepSeries series) {
      double[] in = series.values();
      for (int i = 0; i < in.length; i++) {
        if (StepSeries.isEmpty(in[i])) {
          continue;
        }
        counts[i]++;
        double delta = in[i] - mean[i];
        mean[i] += delta / counts[i];
        squares[i] += delta * (in[i] - mean[i]);
        if (!Double.isFinite(in[i])) {
          squares[i] = Double.NaN;
        }
      }
    }

    @Override
    double[][] state() {
      return new double[][] {mean, squares, doubles(counts)};
    }

    /** By the formula of Chan, Golub and LeVeque for two samples. */
    @Override
    void merge(double[][] state) {
      for (int i = 0; i < out.length; i++) {
        long more = (long) state[2][i];
        if (more == 0) {
          continue;
        }
        long total = counts[i] + more;
        double delta = state[0][i] - mean[i];
        mean[i] += delta * ((double) more / total);
        squares[i] += state[1][i] + delta * delta * ((double) counts[i] / total * more);
        counts[i] = total;
      }
    }

    @Override
    double[] finish() {
      for (int i = 0; i < out.length; i++) {
        if (counts[i] > 0) {
          double variance = squares[i] / counts[i];
          out[i] = root ? Math.sqrt(variance) : variance;
        }
      }
      return out;
    }
  }
}

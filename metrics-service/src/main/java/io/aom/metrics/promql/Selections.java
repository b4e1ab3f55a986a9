package io.aom.metrics.promql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Aggregations that choose among the series of a group, anew at each step. */
final class Selections {
  /** Steps for which extremes are sought at once: values of a series lie side by side in memory. */
  private static final int MOST_TOGETHER = 32;

  /** Members that are held for such steps at most, unless one step alone wants more. */
  private static final int MOST_HELD = 32_768;

  private final Evaluation evaluation;
  private final Expr.Aggregate aggregate;
  private final StepGrid grid;
  private final List<StepSeries> members;
  private final double[] parameter;
  private final StepSeries[] chosen;

  /** By member, for {@code limit_ratio}. */
  private double @Nullable [] places;

  private final List<StepSeries> result = new ArrayList<>();

  Selections(
      Evaluation evaluation,
      Expr.Aggregate aggregate,
      StepGrid grid,
      List<StepSeries> members,
      double[] parameter) {
    this.evaluation = evaluation;
    this.aggregate = aggregate;
    this.grid = grid;
    this.members = members;
    this.parameter = parameter;
    this.chosen = new StepSeries[members.size()];
  }

  void addTo(List<StepSeries> all) {
    int steps = parameter.length;
    switch (aggregate.operation()) {
      case TOPK, BOTTOMK -> {
        double most = Math.min(members.size(), Arrays.stream(parameter).max().orElse(0));
        int together = (int) Math.clamp(MOST_HELD / most, 1, MOST_TOGETHER);
        for (int from = 0; from < steps; from += together) {
          extremes(from, Math.min(steps, from + together));
        }
      }
      case LIMITK -> IntStream.range(0, steps).forEach(this::first);
      default -> IntStream.range(0, steps).forEach(this::ratio);
    }
    all.addAll(result);
  }

  private void keep(int member, int step) {
    StepSeries from = members.get(member);
    StepSeries to = chosen[member];
    if (to == null) {
      to = evaluation.blank(from.labels(), from.dropsName(), grid);
      chosen[member] = to;
      result.add(to);
    }
    to.values()[step] = from.value(step);
    FloatHistogram histogram = from.histogram(step);
    if (histogram != null) {
      to.set(step, histogram);
    }
  }

  private void extremes(int from, int to) {
    boolean greatest = aggregate.operation() == Aggregation.TOPK;
    List<PriorityQueue<Integer>> best = new ArrayList<>(); // of each, the worst comes first
    for (int step = from; step < to; step++) {
      int at = step;
      best.add(new PriorityQueue<>((a, b) -> rank(b, a, at, greatest)));
    }
    for (int m = 0; m < members.size(); m++) {
      StepSeries member = members.get(m);
      for (int step = from; step < to; step++) {
        if ((long) parameter[step] < 1) {
          continue; // also of histograms nothing is said then
        }
        if (member.isFloat(step)) {
          offer(m, step, best.get(step - from), greatest);
        } else if (member.histogram(step) != null) {
          evaluation.annotations.ignoredInAggregation(aggregate.span(), aggregate.operation());
        }
      }
    }
    for (int step = from; step < to; step++) {
      keepBest(best.get(step - from), step);
    }
  }

  private void offer(int member, int step, PriorityQueue<Integer> best, boolean greatest) {
    if (best.size() < (long) parameter[step]) {
      best.add(member);
    } else if (rank(member, best.element(), step, greatest) < 0) {
      best.remove();
      best.add(member);
    }
  }

  private void keepBest(PriorityQueue<Integer> best, int step) {
    int[] ranked = new int[best.size()];
    for (int i = ranked.length - 1; i >= 0; i--) {
      ranked[i] = best.remove();
    }
    for (int member : ranked) {
      keep(member, step);
    }
  }

  /** Below 0 if one member comes before another; of equals the earlier one, NaN after all. */
  private int rank(int one, int other, int step, boolean greatest) {
    double x = members.get(one).value(step);
    double y = members.get(other).value(step);
    int order;
    if (Double.isNaN(x) || Double.isNaN(y)) {
      order = Boolean.compare(Double.isNaN(x), Double.isNaN(y));
    } else {
      order = greatest ? Double.compare(y, x) : Double.compare(x, y);
    }
    return order != 0 ? order : Integer.compare(one, other);
  }

  private void first(int step) {
    long left = (long) parameter[step];
    for (int m = 0; m < members.size() && left > 0; m++) {
      if (members.get(m).isPresent(step)) {
        keep(m, step);
        left--;
      }
    }
  }

  /** The part of the series whose place lies below the ratio; a negative ratio takes the others. */
  private void ratio(int step) {
    double ratio = Math.max(-1, Math.min(1, parameter[step]));
    for (int m = 0; m < members.size(); m++) {
      if (!members.get(m).isPresent(step)) {
        continue;
      }
      double place = places()[m];
      boolean in = ratio >= 0 ? place < ratio : place >= 1 + ratio;
      if (in) {
        keep(m, step);
      }
    }
  }

  private double[] places() {
    double[] known = places;
    if (known == null) {
      known = members.stream().mapToDouble(member -> LabelHash.place(member.labels())).toArray();
      places = known;
    }
    return known;
  }
}

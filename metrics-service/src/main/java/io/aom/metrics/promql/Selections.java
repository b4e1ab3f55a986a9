package io.aom.metrics.promql;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Aggregations that choose among the series of a group, anew at each step. */
final class Selections {
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
    for (int step = 0; step < parameter.length; step++) {
      switch (aggregate.operation()) {
        case TOPK -> extremes(step, true);
        case BOTTOMK -> extremes(step, false);
        case LIMITK -> first(step);
        default -> ratio(step);
      }
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

  private void extremes(int step, boolean greatest) {
    long wanted = (long) parameter[step];
    if (wanted < 1) {
      return; // also of histograms nothing is said then
    }
    PriorityQueue<Integer> best = // the worst of them first
        new PriorityQueue<>((a, b) -> rank(b, a, step, greatest));
    for (int m = 0; m < members.size(); m++) {
      StepSeries member = members.get(m);
      if (member.isFloat(step)) {
        if (best.size() < wanted) {
          best.add(m);
        } else if (rank(m, best.element(), step, greatest) < 0) {
          best.remove();
          best.add(m);
        }
      } else if (member.histogram(step) != null) {
        evaluation.annotations.ignoredInAggregation(aggregate.span(), aggregate.operation());
      }
    }
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

package io.aom.metrics.promql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Aggregations that choose among the series of a group, anew at each step. */
final class Selections {
  private final Evaluation evaluation;
  private final Expr.Aggregate aggregate;
  private final StepGrid grid;
  private final List<StepSeries> members;
  private final double[] parameter;
  private final StepSeries[] chosen;
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
    List<Integer> present = new ArrayList<>();
    for (int m = 0; m < members.size(); m++) {
      if (members.get(m).isFloat(step)) {
        present.add(m);
      } else if (members.get(m).histogram(step) != null) {
        evaluation.annotations.ignoredInAggregation(aggregate.span(), aggregate.operation());
      }
    }
    double wanted = parameter[step];
    if (wanted < 1) {
      return;
    }
    Comparator<Integer> byValue =
        (a, b) -> {
          double x = members.get(a).value(step);
          double y = members.get(b).value(step);
          if (Double.isNaN(x) || Double.isNaN(y)) {
            return Boolean.compare(Double.isNaN(x), Double.isNaN(y));
          }
          return greatest ? Double.compare(y, x) : Double.compare(x, y);
        };
    present.sort(byValue);
    for (int i = 0; i < present.size() && i < (long) wanted; i++) {
      keep(present.get(i), step);
    }
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

  /** The part of the series whose hash lies below the ratio; a negative ratio takes the others. */
  private void ratio(int step) {
    double ratio = Math.max(-1, Math.min(1, parameter[step]));
    for (int m = 0; m < members.size(); m++) {
      if (!members.get(m).isPresent(step)) {
        continue;
      }
      double place = place(members.get(m).labels().hashCode());
      boolean in = ratio >= 0 ? place < ratio : place >= 1 + ratio;
      if (in) {
        keep(m, step);
      }
    }
  }

  /** An even spread of hashes over {@code [0, 1)}. */
  private static double place(int hash) {
    long mixed = (hash ^ 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    mixed ^= mixed >>> 31;
    return (mixed >>> 11) * 0x1.0p-53;
  }
}

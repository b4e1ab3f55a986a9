package io.aom.metrics.promql;

import io.aom.metrics.promql.VectorMatching.Cardinality;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One binary operation with at least one vector. */
final class BinaryOperations {
  /** Which of a step's refusals comes first, as in Prometheus. */
  private static final int ONE_SIDE = 0;

  private static final int MANY_SIDE = 1;
  private static final int RESULTS = 2;
  private static final int RANKS = 3;

  private final Evaluation evaluation;
  private final Expr.Binary binary;
  private final StepGrid grid;
  private final BinaryOperator operator;
  private final VectorMatching matching;
  private final Cell cell;

  BinaryOperations(Evaluation evaluation, Expr.Binary binary, StepGrid grid) {
    this.evaluation = evaluation;
    this.binary = binary;
    this.grid = grid;
    this.operator = binary.operator();
    this.matching = binary.matching();
    this.cell = new Cell(evaluation.annotations, binary, grid.count());
  }

  /**
   * @param known what the left operand gives; null if it is still to be evaluated
   */
  List<StepSeries> evaluate(@Nullable List<StepSeries> known) {
    if (binary.left().type() == ValueType.SCALAR) {
      double[] scalar = evaluation.scalar(binary.left(), grid);
      return withScalar(evaluation.vector(binary.right(), grid), scalar, true);
    }
    List<StepSeries> left = known == null ? evaluation.vector(binary.left(), grid) : known;
    if (binary.right().type() == ValueType.SCALAR) {
      return withScalar(left, evaluation.scalar(binary.right(), grid), false);
    }
    List<StepSeries> right = evaluation.vector(binary.right(), grid);
    return switch (operator) {
      case AND -> filtered(left, right, true);
      case UNLESS -> filtered(left, right, false);
      case OR -> either(left, right);
      default -> matched(left, right);
    };
  }

  private boolean dropsName() {
    return operator.changesMeaning() || binary.bool();
  }

  private List<StepSeries> withScalar(
      List<StepSeries> vector, double[] scalar, boolean scalarLeft) {
    List<StepSeries> result = new ArrayList<>(vector.size());
    boolean plain = operator.changesMeaning();
    int pair = 0;
    for (StepSeries series : vector) {
      pair++;
      StepSeries to = evaluation.blank(series.labels(), series.dropsName() || dropsName(), grid);
      double[] in = series.values();
      double[] out = to.values();
      for (int i = 0; i < out.length; i++) {
        if (plain && !StepSeries.isEmpty(in[i])) {
          out[i] = scalarLeft ? operator.apply(scalar[i], in[i]) : operator.apply(in[i], scalar[i]);
          continue;
        }
        FloatHistogram histogram = series.histogram(i);
        if (StepSeries.isEmpty(in[i]) && histogram == null) {
          continue;
        }
        cell.pair(i, pair);
        if (scalarLeft) {
          cell.operate(scalar[i], null, in[i], histogram, true);
        } else {
          cell.operate(in[i], histogram, scalar[i], null, false);
        }
        cell.store(to);
      }
      result.add(to);
    }
    cell.annotate();
    return result;
  }

  /** Labels by which a series finds its match. */
  private Labels signature(Labels labels) {
    if (matching.on()) {
      return labels.keep(matching.labels());
    }
    return labels.without(matching.labels()).without(Labels.NAME);
  }

  private Map<Labels, List<StepSeries>> bySignature(List<StepSeries> vector) {
    Map<Labels, List<StepSeries>> groups = new LinkedHashMap<>(vector.size() * 2);
    for (StepSeries series : vector) {
      groups.computeIfAbsent(signature(series.labels()), s -> new ArrayList<>(1)).add(series);
    }
    return groups;
  }

  static boolean[] presence(@Nullable List<StepSeries> group, int steps) {
    boolean[] present = new boolean[steps];
    if (group != null) {
      for (StepSeries series : group) {
        for (int i = 0; i < steps; i++) {
          present[i] |= series.isPresent(i);
        }
      }
    }
    return present;
  }

  private List<StepSeries> filtered(
      List<StepSeries> left, List<StepSeries> right, boolean keepMatched) {
    Map<Labels, boolean[]> presence = new HashMap<>();
    bySignature(right).forEach((s, group) -> presence.put(s, presence(group, grid.count())));
    List<StepSeries> result = new ArrayList<>();
    for (StepSeries series : left) {
      boolean[] matched = presence.get(signature(series.labels()));
      if (matched == null) {
        if (!keepMatched) {
          result.add(series);
        }
        continue;
      }
      boolean[] kept = matched;
      result.add(only(series, kept, keepMatched));
    }
    return result;
  }

  private StepSeries only(StepSeries series, boolean[] steps, boolean wanted) {
    StepSeries to = evaluation.blank(series.labels(), series.dropsName(), grid);
    for (int i = 0; i < steps.length; i++) {
      if (steps[i] == wanted) {
        to.values()[i] = series.value(i);
        FloatHistogram histogram = series.histogram(i);
        if (histogram != null) {
          to.set(i, histogram);
        }
      }
    }
    return to;
  }

  private List<StepSeries> either(List<StepSeries> left, List<StepSeries> right) {
    Map<Labels, boolean[]> presence = new HashMap<>();
    bySignature(left).forEach((s, group) -> presence.put(s, presence(group, grid.count())));
    List<StepSeries> result = new ArrayList<>(left);
    Map<Labels, Integer> places = new HashMap<>();
    // Series become one where they are at different steps, so at a single step none do.
    for (int i = 0; i < left.size() && grid.count() > 1; i++) {
      places.put(left.get(i).labels(), i);
    }
    for (StepSeries series : right) {
      boolean[] taken = presence.get(signature(series.labels()));
      StepSeries rest = taken == null ? series : only(series, taken, false);
      Integer twin = places.get(series.labels());
      if (twin == null) {
        result.add(rest);
      } else {
        result.set(twin, Evaluation.together(result.get(twin), rest));
      }
    }
    return result;
  }

  private List<StepSeries> matched(List<StepSeries> left, List<StepSeries> right) {
    boolean swap = matching.cardinality() == Cardinality.ONE_TO_MANY;
    Matcher matcher = new Matcher(swap);
    return matcher.match(swap ? right : left, swap ? left : right);
  }

  /** Brings the series of the "many" side to their one match. */
  private final class Matcher {
    private final boolean swapped;
    private final boolean single = matching.cardinality() == Cardinality.ONE_TO_ONE;
    // As in Prometheus: with group_right "left" still is the side of many.
    private final @Nullable Double fillMany = matching.fillLeft();
    private final @Nullable Double fillOne = matching.fillRight();
    private final Map<Labels, StepSeries> results = new LinkedHashMap<>();

    /** Results with the labels of another one, as there may be at a single step. */
    private final List<StepSeries> twins = new ArrayList<>();

    private @Nullable PromqlException refusal;
    private int refusalRank = Integer.MAX_VALUE;

    Matcher(boolean swapped) {
      this.swapped = swapped;
    }

    List<StepSeries> match(List<StepSeries> many, List<StepSeries> one) {
      boolean[] matchable = matchable(many, one);
      Map<Labels, List<StepSeries>> manyGroups = bySignature(many);
      Map<Labels, List<StepSeries>> oneGroups = bySignature(one);
      IdentityHashMap<StepSeries, Integer> order = new IdentityHashMap<>();
      many.forEach(series -> order.put(series, order.size()));
      Set<Labels> signatures = new LinkedHashSet<>(manyGroups.keySet());
      signatures.addAll(oneGroups.keySet());
      for (Labels signature : signatures) {
        new Group(signature, oneGroups.getOrDefault(signature, List.of()), matchable)
            .match(manyGroups.getOrDefault(signature, List.of()), order);
      }
      if (refusal != null) {
        throw refusal;
      }
      cell.annotate();
      List<StepSeries> all = new ArrayList<>(results.values());
      all.addAll(twins);
      return all;
    }

    /**
     * Of all refusals the one of the earliest step counts, and of one step that of the lowest rank.
     */
    private void refuse(int step, int rank, Supplier<PromqlException> why) {
      if (step * RANKS + rank < refusalRank) {
        refusalRank = step * RANKS + rank;
        refusal = why.get();
      }
    }

    /** Steps at which there is something on both sides, or something to fill in. */
    private boolean[] matchable(List<StepSeries> many, List<StepSeries> one) {
      boolean[] left = presence(many, grid.count());
      boolean[] right = presence(one, grid.count());
      boolean fills = fillMany != null || fillOne != null;
      for (int i = 0; i < left.length; i++) {
        left[i] = fills ? left[i] || right[i] : left[i] && right[i];
      }
      return left;
    }

    /** The series of both sides with one signature. */
    private final class Group {
      private final Labels signature;
      private final List<StepSeries> one;

      /** By step, which of the series on the "one" side is there; -1 if none, -2 if none counts. */
      private final int[] matches;

      private final boolean[] used = new boolean[grid.count()];
      private final Map<Labels, boolean[]> taken = new HashMap<>();

      /** The newest one: a series mostly keeps its partner from step to step. */
      private @Nullable Pair pair;

      Group(Labels signature, List<StepSeries> one, boolean[] matchable) {
        this.signature = signature;
        this.one = one;
        this.matches = matches(matchable);
      }

      private int[] matches(boolean[] matchable) {
        int[] match = new int[matchable.length];
        for (int i = 0; i < match.length; i++) {
          match[i] = matchable[i] ? -1 : -2;
        }
        for (int s = 0; s < one.size(); s++) {
          for (int i = 0; i < match.length; i++) {
            if (match[i] == -2 || !one.get(s).isPresent(i)) {
              continue;
            }
            if (match[i] >= 0) {
              Labels first = one.get(match[i]).labels();
              Labels second = one.get(s).labels();
              refuse(i, ONE_SIDE, () -> duplicate(first, second));
            } else {
              match[i] = s;
            }
          }
        }
        return match;
      }

      private PromqlException duplicate(Labels a, Labels b) {
        List<String> both = new ArrayList<>(List.of(a.toLabelText(), b.toLabelText()));
        both.sort(Labels::compareText);
        return PromqlException.execution(
            "found duplicate series for the match group "
                + signature.toLabelText()
                + " on the "
                + (swapped ? "left" : "right")
                + " hand-side of the operation: ["
                + String.join(", ", both)
                + "];many-to-many matching not allowed: matching labels must be unique on one"
                + " side");
      }

      void match(List<StepSeries> many, IdentityHashMap<StepSeries, Integer> order) {
        for (StepSeries series : many) {
          int number = order.getOrDefault(series, 0);
          for (int i = 0; i < matches.length; i++) {
            if (matches[i] != -2 && series.isPresent(i)) {
              cell.pair(i, number);
              withOne(series, i);
            }
          }
        }
        if (fillMany != null) {
          StepSeries filler = new StepSeries(signature, false, StepSeries.empty(0));
          for (int i = 0; i < matches.length; i++) {
            if (matches[i] >= 0 && !used[i]) {
              StepSeries partner = one.get(matches[i]);
              cell.pair(i, Integer.MAX_VALUE);
              pair(filler, fillMany, null, partner, partner.value(i), partner.histogram(i), i);
            }
          }
        }
      }

      private void withOne(StepSeries series, int step) {
        double value = series.value(step);
        FloatHistogram histogram = series.histogram(step);
        if (matches[step] >= 0) {
          StepSeries partner = one.get(matches[step]);
          pair(
              series,
              value,
              histogram,
              partner,
              partner.value(step),
              partner.histogram(step),
              step);
        } else if (fillOne != null) {
          pair(series, value, histogram, null, fillOne, null, step);
        }
      }

      private void pair(
          StepSeries many,
          double manyValue,
          @Nullable FloatHistogram manyHistogram,
          @Nullable StepSeries one,
          double oneValue,
          @Nullable FloatHistogram oneHistogram,
          int step) {
        if (swapped) {
          cell.operate(oneValue, oneHistogram, manyValue, manyHistogram, false);
        } else {
          cell.operate(manyValue, manyHistogram, oneValue, oneHistogram, false);
        }
        if (cell.failed()) {
          return;
        }
        Pair both = pairOf(many, one);
        if (claims(both.taken, step) && !cell.isEmpty()) {
          StepSeries to = both.result();
          if (to.isPresent(step)) {
            to = twinOf(to, step);
          }
          cell.store(to);
        }
      }

      /** Another series of the same labels; Prometheus minds these only from step to step. */
      private StepSeries twinOf(StepSeries series, int step) {
        if (grid.count() > 1) {
          refuse(step, RESULTS, Evaluation::sameLabels);
          return series;
        }
        StepSeries twin = evaluation.blank(series.labels(), series.dropsName(), grid);
        twins.add(twin);
        return twin;
      }

      @SuppressWarnings("ReferenceEquality") // the same series are the same objects
      private Pair pairOf(StepSeries many, @Nullable StepSeries one) {
        Pair last = pair;
        if (last == null || last.many != many || last.one != one) {
          last = new Pair(many, one);
          pair = last;
        }
        return last;
      }

      /** Two series that meet at some steps, with what is the same at all of them. */
      private final class Pair {
        private final StepSeries many;
        private final @Nullable StepSeries one;
        private final Labels labels;

        /** Steps at which a series of these labels was paired already. */
        private final boolean[] taken;

        private @Nullable StepSeries to;

        Pair(StepSeries many, @Nullable StepSeries one) {
          this.many = many;
          this.one = one;
          this.labels = resultLabels(many.labels(), one == null ? signature : one.labels());
          this.taken =
              single
                  ? used
                  : Group.this.taken.computeIfAbsent(labels, l -> new boolean[used.length]);
        }

        StepSeries result() {
          StepSeries result = to;
          if (result == null) {
            result = results.computeIfAbsent(labels, l -> evaluation.blank(l, binary.bool(), grid));
            to = result;
          }
          return result;
        }
      }

      /** Two series of the many side must not end in one, even where a comparison drops them. */
      private boolean claims(boolean[] steps, int step) {
        boolean free = !steps[step];
        if (!free) {
          refuse(
              step,
              MANY_SIDE,
              () ->
                  PromqlException.execution(
                      single
                          ? "multiple matches for labels: many-to-one matching must be explicit"
                              + " (group_left/group_right)"
                          : "multiple matches for labels: grouping labels must ensure unique"
                              + " matches"));
        }
        steps[step] = true;
        used[step] = true;
        return free;
      }
    }

    private Labels resultLabels(Labels many, Labels one) {
      Labels labels = operator.changesMeaning() ? many.withoutMetricIdentity() : many;
      if (single) {
        labels = matching.on() ? labels.keep(matching.labels()) : labels.without(matching.labels());
      }
      for (String include : matching.include()) {
        labels = labels.with(include, one.get(include));
      }
      return labels;
    }
  }
}

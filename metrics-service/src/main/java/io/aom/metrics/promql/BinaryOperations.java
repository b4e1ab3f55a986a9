package io.aom.metrics.promql;

import io.aom.metrics.promql.VectorMatching.Cardinality;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One binary operation with at least one vector. */
final class BinaryOperations {
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
    this.cell = new Cell(evaluation.annotations, binary);
  }

  List<StepSeries> evaluate() {
    boolean scalarLeft = binary.left().type() == ValueType.SCALAR;
    boolean scalarRight = binary.right().type() == ValueType.SCALAR;
    if (scalarLeft || scalarRight) {
      double[] scalar = evaluation.scalar(scalarLeft ? binary.left() : binary.right(), grid);
      List<StepSeries> vector =
          evaluation.vector(scalarLeft ? binary.right() : binary.left(), grid);
      return withScalar(vector, scalar, scalarLeft);
    }
    List<StepSeries> left = evaluation.vector(binary.left(), grid);
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
    for (StepSeries series : vector) {
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
        if (scalarLeft) {
          cell.operate(scalar[i], null, in[i], histogram, true);
        } else {
          cell.operate(in[i], histogram, scalar[i], null, false);
        }
        cell.store(to, i);
      }
      result.add(to);
    }
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

  private static boolean[] presence(@Nullable List<StepSeries> group, int steps) {
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
    for (StepSeries series : right) {
      boolean[] taken = presence.get(signature(series.labels()));
      result.add(taken == null ? series : only(series, taken, false));
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
    private final Map<Labels, StepSeries> results = new LinkedHashMap<>();
    private final Map<Labels, int[]> matchedBy = new HashMap<>();

    Matcher(boolean swapped) {
      this.swapped = swapped;
    }

    List<StepSeries> match(List<StepSeries> many, List<StepSeries> one) {
      Map<Labels, List<StepSeries>> manyGroups = bySignature(many);
      Map<Labels, List<StepSeries>> oneGroups = bySignature(one);
      // As in Prometheus: with group_right "left" still is the side of many.
      Double fillMany = matching.fillLeft();
      Double fillOne = matching.fillRight();
      Set<Labels> signatures = new HashSet<>();
      for (StepSeries series : many) {
        Labels signature = signature(series.labels());
        if (signatures.add(signature)) {
          group(
              signature,
              manyGroups.getOrDefault(signature, List.of()),
              oneGroups.getOrDefault(signature, List.of()),
              fillMany,
              fillOne);
        }
      }
      for (StepSeries series : one) {
        Labels signature = signature(series.labels());
        if (signatures.add(signature)) {
          group(
              signature,
              List.of(),
              oneGroups.getOrDefault(signature, List.of()),
              fillMany,
              fillOne);
        }
      }
      return new ArrayList<>(results.values());
    }

    private void group(
        Labels signature,
        List<StepSeries> many,
        List<StepSeries> one,
        @Nullable Double fillMany,
        @Nullable Double fillOne) {
      int steps = grid.count();
      int[] match = matches(signature, one, steps);
      if (one.isEmpty() && fillOne == null) {
        return;
      }
      boolean[] used = new boolean[steps];
      boolean single = matching.cardinality() == Cardinality.ONE_TO_ONE;
      for (StepSeries series : many) {
        for (int i = 0; i < steps; i++) {
          if (!series.isPresent(i) || (match[i] < 0 && fillOne == null)) {
            continue;
          }
          if (single && used[i]) {
            throw PromqlException.execution(
                "multiple matches for labels: many-to-one matching must be explicit"
                    + " (group_left/group_right)");
          }
          used[i] = true;
          StepSeries partner = match[i] < 0 ? null : one.get(match[i]);
          double value =
              partner == null && fillOne != null
                  ? fillOne
                  : partner == null ? StepSeries.EMPTY : partner.value(i);
          FloatHistogram histogram = partner == null ? null : partner.histogram(i);
          pair(series, series.value(i), series.histogram(i), partner, value, histogram, i);
        }
      }
      if (fillMany != null) {
        StepSeries filler = new StepSeries(signature, false, StepSeries.empty(0));
        for (int i = 0; i < steps; i++) {
          if (!used[i] && match[i] >= 0) {
            StepSeries partner = one.get(match[i]);
            pair(filler, fillMany, null, partner, partner.value(i), partner.histogram(i), i);
          }
        }
      }
    }

    /** By step, which of the series on the "one" side is there; -1 if none. */
    private int[] matches(Labels signature, List<StepSeries> one, int steps) {
      int[] match = new int[steps];
      Arrays.fill(match, -1);
      for (int s = 0; s < one.size(); s++) {
        for (int i = 0; i < steps; i++) {
          if (!one.get(s).isPresent(i)) {
            continue;
          }
          if (match[i] >= 0) {
            List<String> both = new ArrayList<>();
            both.add(one.get(match[i]).labels().toLabelText());
            both.add(one.get(s).labels().toLabelText());
            both.sort(null);
            throw PromqlException.execution(
                "found duplicate series for the match group "
                    + signature.toLabelText()
                    + " on the "
                    + (swapped ? "left" : "right")
                    + " hand-side of the operation: ["
                    + String.join(", ", both)
                    + "];many-to-many matching not allowed: matching labels must be unique on one"
                    + " side");
          }
          match[i] = s;
        }
      }
      return match;
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
      Labels labels = resultLabels(many.labels(), one == null ? Labels.EMPTY : one.labels());
      // Two series of the many side must not end in one, even where a comparison drops them.
      int[] owners = matchedBy.computeIfAbsent(labels, l -> new int[grid.count()]);
      if (owners[step] != 0 && matching.cardinality() != Cardinality.ONE_TO_ONE) {
        throw PromqlException.execution(
            "multiple matches for labels: grouping labels must ensure unique matches");
      }
      owners[step] = 1;
      if (!cell.isEmpty()) {
        StepSeries to =
            results.computeIfAbsent(
                labels, l -> evaluation.blank(l, many.dropsName() || dropsName(), grid));
        if (to.isPresent(step)) {
          throw PromqlException.execution(
              "multiple matches for labels: many-to-one matching must be explicit"
                  + " (group_left/group_right)");
        }
        cell.store(to, step);
      }
    }

    private Labels resultLabels(Labels many, Labels one) {
      Labels labels = many;
      if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
        labels = matching.on() ? labels.keep(matching.labels()) : labels.without(matching.labels());
      }
      for (String include : matching.include()) {
        labels = labels.with(include, one.get(include));
      }
      return labels;
    }
  }
}

package io.aom.metrics.overflow;

import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which values of which labels of which metrics of a tenant have places, and what is told of labels
 * that have none left. Not thread-safe.
 */
final class LabelBudgets {
  private final FoldSettings settings;
  private final int budget;
  private final LongIndex index = new LongIndex();
  private final List<LabelValues> labels = new ArrayList<>();
  private final List<FoldedLabel> begun = new ArrayList<>();
  private long tableBytes;

  // The labels of the series that is being placed.
  private @Nullable LabelValues[] values = new LabelValues[16];
  private boolean[] over = new boolean[16];

  LabelBudgets(FoldSettings settings, int budget) {
    this.settings = settings;
    this.budget = budget;
  }

  /** Looks up the values of all labels; false if one of them has no place and gets none. */
  boolean find(NewSeries series, long metric, int minute) {
    if (values.length < series.size()) {
      values = new LabelValues[series.size()];
      over = new boolean[series.size()];
    }
    boolean any = false;
    for (int i = 0; i < series.size(); i++) {
      over[i] = false;
      values[i] = null;
      long name = series.nameHash(i);
      if (settings.keeps(name)) {
        continue;
      }
      long key = Hashes.of(metric, name);
      int number = index.get(key);
      if (number < 0) {
        number = labels.size();
        labels.add(new LabelValues(key));
        index.put(key, number);
      }
      LabelValues of = labels.get(number);
      if (!of.touch(series.valueHash(i), minute)) {
        values[i] = of; // It is new, and gets a place or is over the budget.
        over[i] = of.size() >= budget;
        any |= over[i];
      }
    }
    return !any;
  }

  void grant(NewSeries series, int minute) {
    for (int i = 0; i < series.size(); i++) {
      LabelValues of = values[i];
      if (of != null && !over[i]) {
        long before = of.sizeBytes();
        of.add(series.valueHash(i), minute);
        tableBytes += of.sizeBytes() - before;
      }
    }
  }

  /** Whether the label of the series that was found last is to be folded. */
  boolean over(int label) {
    return over[label];
  }

  /** Hash of metric and label of a label that is to be folded. */
  long key(int label) {
    return Objects.requireNonNull(values[label]).key;
  }

  /** Counts the series that was found last as folded. */
  void tell(NewSeries series) {
    String resource = "";
    for (int i = 0; i < over.length && i < series.size(); i++) {
      LabelValues of = values[i];
      if (!over[i] || of == null) {
        continue;
      }
      resource = resource.isEmpty() ? resource(series) : resource;
      Explosion known = of.explosion;
      Explosion told =
          known == null ? new Explosion(value(series, Labels.NAME), series.name(i)) : known;
      told.add(resource);
      if (known == null) {
        of.explosion = told;
        begun.add(told.told(of.size()));
      }
    }
  }

  private static String resource(NewSeries series) {
    String job = value(series, "job");
    String instance = value(series, "instance");
    if (job.isEmpty() && instance.isEmpty()) {
      return "service_name=" + value(series, "service_name");
    }
    return "job=" + job + ", instance=" + instance;
  }

  private static String value(NewSeries series, String name) {
    for (int i = 0; i < series.size(); i++) {
      if (series.name(i).equals(name)) {
        return series.value(i);
      }
    }
    return "";
  }

  /** Labels that began to fold since this was asked last. */
  List<FoldedLabel> begun() {
    if (begun.isEmpty()) {
      return List.of();
    }
    List<FoldedLabel> some = List.copyOf(begun);
    begun.clear();
    return some;
  }

  /** What is told of labels that fold. */
  List<FoldedLabel> told() {
    List<FoldedLabel> told = new ArrayList<>();
    for (LabelValues of : labels) {
      Explosion explosion = of.explosion;
      if (explosion != null) {
        told.add(explosion.told(of.size()));
      }
    }
    return told;
  }

  /** Labels whose values keep their places: those that fold, and those with many values. */
  List<LabelValues> carried(LongIndex exploding, int since, FoldLimits limits) {
    record Sized(LabelValues of, boolean folds, int size) {}
    List<Sized> all = new ArrayList<>();
    for (LabelValues of : labels) {
      boolean folds = exploding.get(of.key) >= 0;
      int size = folds || of.size() * 16L >= budget ? of.since(since).length : 0;
      if (folds || (size > 0 && size * 16L >= budget)) {
        all.add(new Sized(of, folds, size));
      }
    }
    all.sort(
        Comparator.comparing((Sized one) -> !one.folds())
            .thenComparing(Comparator.comparingInt(Sized::size).reversed())
            .thenComparingLong(one -> one.of().key));
    List<LabelValues> some = new ArrayList<>();
    for (Sized one : all) {
      if (limits.values + one.size() <= FoldLimits.VALUES) {
        limits.values += one.size();
        some.add(one.of());
      }
    }
    return some;
  }

  /** Takes over labels that were carried. */
  void read(CarryReader in, int minute) {
    int labelCount = in.count(Integer.MAX_VALUE);
    for (int i = 0; i < labelCount; i++) {
      LabelValues of = LabelValues.read(in, minute);
      tableBytes += of.sizeBytes();
      index.put(of.key, labels.size());
      labels.add(of);
    }
  }

  long sizeBytes() {
    return labels.size() * 130L + tableBytes;
  }
}

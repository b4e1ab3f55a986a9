package io.aom.bench.query;

import io.aom.bench.payload.Dataset;
import java.time.Duration;

/**
 * Range queries of a dashboard over a data set.
 *
 * @param window of the rates, in whole minutes
 * @param fromMillis of the first step
 * @param toMillis of the last step
 */
record Dashboard(
    Dataset dataset, Duration window, long fromMillis, long toMillis, long stepMillis) {
  /**
   * All steps for which a whole window lies in the data set. Steps are whole, and samples are
   * beside them, so that no window has a sample on its edge, where systems differ.
   */
  static Dashboard over(Dataset dataset, Duration window, long stepMillis) {
    long first = dataset.startMillis() + window.toMillis() + dataset.stepMillis();
    return new Dashboard(
        dataset,
        window,
        Math.ceilDiv(first, stepMillis) * stepMillis,
        Math.floorDiv(dataset.lastMillis(), stepMillis) * stepMillis,
        stepMillis);
  }

  private String rate() {
    return "rate(" + dataset.buckets() + "[" + window.toMinutes() + "m])";
  }

  private String rateInShort() {
    return "rate(m[" + window.toMinutes() + "m])";
  }

  Question sumOfRates() {
    return question(
        "sum by (le) (" + rateInShort() + ")", "sum by (le) (" + rate() + ")", Question.Kind.RATED);
  }

  Question quantile() {
    return question(
        "histogram_quantile(0.9, sum by (le) (" + rateInShort() + "))",
        "histogram_quantile(0.9, sum by (le) (" + rate() + "))",
        Question.Kind.RATED);
  }

  Question join() {
    String with = " * on (instance) group_left (version) ";
    return question(
        "sum by (version) (" + rateInShort() + with + "info)",
        "sum by (version) (" + rate() + with + dataset.infos() + ")",
        Question.Kind.RATED);
  }

  Question top() {
    return question("topk(10, m)", "topk(10, " + dataset.buckets() + ")", Question.Kind.RANKED);
  }

  Question all() {
    return question("m", dataset.buckets(), Question.Kind.EXACT);
  }

  /** The series of one instance alone, of all that the metric has. */
  Question oneInstance() {
    return new Question(
        "m{instance=\"i\"}",
        dataset.bucketsOfOneInstance(),
        Dataset.PER_INSTANCE,
        fromMillis,
        toMillis,
        stepMillis,
        Question.Kind.EXACT);
  }

  private Question question(String name, String promql, Question.Kind kind) {
    return new Question(name, promql, dataset.series(), fromMillis, toMillis, stepMillis, kind);
  }
}

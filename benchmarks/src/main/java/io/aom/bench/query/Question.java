package io.aom.bench.query;

import io.aom.bench.rig.Client;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Peers;
import java.io.IOException;
import java.net.http.HttpRequest;

/**
 * One question to all systems.
 *
 * @param name as the table says it
 * @param series how many the question reads
 * @param fromMillis of the first step
 * @param toMillis of the last step; that of the first for an instant query
 * @param stepMillis 0 for an instant query
 */
record Question(
    String name,
    String promql,
    int series,
    long fromMillis,
    long toMillis,
    long stepMillis,
    Kind kind) {
  /** Sums of floating-point numbers in another order differ by that much. */
  private static final double EQUAL = 1e-9;

  private static final double NEAR = 0.02;

  /** How answers are compared. */
  enum Kind {
    /** Equal. */
    EXACT,
    /** Equal, but of series with equal values any may be there. */
    RANKED,
    /**
     * Equal, but that of VictoriaMetrics near: it counts a rate from the sample before the window
     * and does not extrapolate.
     */
    RATED
  }

  static Question instant(String name, String promql, int series, long timeMillis) {
    return new Question(name, promql, series, timeMillis, timeMillis, 0, Kind.EXACT);
  }

  /** 1 for an instant query. */
  long steps() {
    return isInstant() ? 1 : (toMillis - fromMillis) / stepMillis + 1;
  }

  private boolean isInstant() {
    return stepMillis == 0;
  }

  HttpRequest to(MetricStore store) {
    return isInstant()
        ? store.instant(promql, toMillis)
        : store.range(promql, fromMillis, toMillis, stepMillis);
  }

  Answer ask(Client client, MetricStore store) throws IOException, InterruptedException {
    Answer answer = Answer.of(MetricStore.result(client, to(store)));
    return kind == Kind.RANKED ? answer.ranked() : answer;
  }

  /** By what part of a value an answer may differ from that of Prometheus. */
  double tolerance(MetricStore store) {
    return kind == Kind.RATED && store.name().equals(Peers.VICTORIA_METRICS) ? NEAR : EQUAL;
  }

  /** As the table says an answer that does not differ more. */
  String alike(MetricStore store) {
    return tolerance(store) == NEAR ? "alike within 2 %" : "the same";
  }
}

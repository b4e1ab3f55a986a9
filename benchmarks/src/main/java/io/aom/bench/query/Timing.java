package io.aom.bench.query;

import io.aom.bench.rig.Client;
import io.aom.bench.rig.CpuWatch;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.Peers;
import io.aom.bench.rig.ProcStat;
import io.aom.bench.rig.Spread;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** Asks all systems the same questions in turn, and compares costs and answers. */
final class Timing {
  private static final Duration WARM_UP = Duration.ofSeconds(20);

  private final int rounds;
  private final long roundNanos;
  private final Client client;
  private final List<MetricStore> stores;
  private final PrintStream out;
  private final ProcStat proc = ProcStat.ofThisMachine();

  Timing(Options options, Client client, List<MetricStore> stores, PrintStream out) {
    this.rounds = options.rounds();
    this.roundNanos = Duration.ofSeconds(options.number("--seconds")).toNanos();
    this.client = client;
    this.stores = List.copyOf(stores);
    this.out = out;
  }

  /** What one system took for one question. */
  private static final class Cost {
    final List<Double> cpuMicros = new ArrayList<>();
    final Histogram wallMicros = new Histogram(3);
    double foreign;
  }

  /** Has each system answer the questions in turn for at least twenty seconds. */
  void warmUp(List<Question> questions) throws IOException, InterruptedException {
    for (MetricStore store : stores) {
      long end = System.nanoTime() + WARM_UP.toNanos();
      for (int i = 0; System.nanoTime() < end; i++) {
        client.time(questions.get(i % questions.size()).to(store));
      }
    }
  }

  /**
   * Prints the table of all questions.
   *
   * @param state what is special this time
   * @return whether all answers were alike
   */
  boolean run(String state, List<Question> questions) throws IOException, InterruptedException {
    out.printf("%n### %s%n%n", state);
    out.println(
        """
        | question | series x steps | system | CPU us per series and step: median (min-max) \
        | CPU ms | wall ms p50 | p99 | asked | foreign CPU (most) | answer |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\
        """);
    boolean alike = true;
    for (Question question : questions) {
      Map<MetricStore, String> verdicts = compare(question);
      Map<MetricStore, Cost> costs = measure(question);
      for (MetricStore store : stores) {
        String verdict = Optional.ofNullable(verdicts.get(store)).orElseThrow();
        alike &= !verdict.startsWith("VOID");
        out.println(
            row(question, store, Optional.ofNullable(costs.get(store)).orElseThrow(), verdict));
      }
    }
    return alike;
  }

  private Map<MetricStore, Cost> measure(Question question)
      throws IOException, InterruptedException {
    var costs = new LinkedHashMap<MetricStore, Cost>();
    // The first round is dropped: what only this question needs is compiled in it.
    for (int round = 0; round <= rounds; round++) {
      for (MetricStore store : round % 2 == 0 ? stores : stores.reversed()) {
        Cost cost = round == 0 ? new Cost() : costs.computeIfAbsent(store, key -> new Cost());
        CpuWatch watch = CpuWatch.begin(proc, store.server());
        long began = System.nanoTime();
        long before = began;
        int asked = 0;
        while (before - began < roundNanos) {
          client.time(question.to(store));
          long after = System.nanoTime();
          cost.wallMicros.recordValue((after - before) / 1_000);
          before = after;
          asked++;
        }
        CpuWatch.Used used = watch.used();
        cost.cpuMicros.add((double) used.micros() / asked);
        cost.foreign = Math.max(cost.foreign, used.foreign());
      }
    }
    return costs;
  }

  /** Compares with Prometheus' answer, or with the first system's where it is not there. */
  private Map<MetricStore, String> compare(Question question)
      throws IOException, InterruptedException {
    MetricStore reference =
        stores.stream()
            .filter(store -> store.name().equals(Peers.PROMETHEUS))
            .findFirst()
            .orElse(stores.getFirst());
    Answer expected = question.ask(client, reference);
    var verdicts = new HashMap<MetricStore, String>();
    for (MetricStore store : stores) {
      Answer found = store.equals(reference) ? expected : question.ask(client, store);
      verdicts.put(
          store,
          expected
              .difference(found, question.tolerance(store))
              .map(difference -> "VOID: " + difference)
              .orElse(question.alike(store)));
    }
    return verdicts;
  }

  private static String row(Question question, MetricStore store, Cost cost, String verdict) {
    Spread spread = Spread.of(cost.cpuMicros);
    double each = (double) question.series() * question.steps();
    return String.format(
        Locale.ROOT,
        "| %s | %d x %d | %s | %s | %.1f | %.1f | %.1f | %d | %.0f %%%s | %s |",
        question.name(),
        question.series(),
        question.steps(),
        store.name(),
        new Spread(spread.median() / each, spread.least() / each, spread.most() / each).text(4),
        spread.median() / 1_000,
        cost.wallMicros.getValueAtPercentile(50) / 1_000.0,
        cost.wallMicros.getValueAtPercentile(99) / 1_000.0,
        cost.wallMicros.getTotalCount(),
        cost.foreign * 100,
        cost.foreign > CpuWatch.Used.FOREIGN_LIMIT ? " (too busy)" : "",
        verdict);
  }
}

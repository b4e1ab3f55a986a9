package io.aom.bench.latency;

import io.aom.bench.rig.Aom;
import io.aom.bench.rig.CpuWatch;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.ProcStat;
import io.aom.bench.rig.Rig;
import io.aom.bench.rig.Until;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * How soon a pushed sample or log record can be queried at a fixed rate, and how soon a crossed
 * threshold calls a webhook. The method is described in docs/benchmarks.md.
 */
public final class LatencyBench {
  public static final Map<String, Integer> SIZES = Map.of("--rate", 10_000, "--seconds", 10);

  private static final Duration PROBE_EVERY = Duration.ofMillis(100);
  private static final Duration ALARM_EVERY = Duration.ofMillis(1_370);
  private static final Duration WARM_UP = Duration.ofSeconds(20);
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(1);
  private static final int LOGS_FOR_SAMPLES = 10;

  private final Options options;
  private final Rig rig;
  private final PrintStream out;
  private final ProcStat proc = ProcStat.ofThisMachine();
  private final String run = "r" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
  private int probes;

  /** What was measured of one target. */
  private record Row(String what, Target target, Histogram micros, double[] foreign) {
    Row(String what, Target target) {
      this(what, target, new SynchronizedHistogram(3), new double[1]);
    }

    void watch(CpuWatch.Used used) {
      foreign[0] = Math.max(foreign[0], used.foreign());
    }
  }

  private LatencyBench(Options options, Rig rig, PrintStream out) {
    this.options = options;
    this.rig = rig;
    this.out = out;
  }

  /**
   * Prints what it measures.
   *
   * @throws IllegalStateException if something that was acknowledged is not found within 30 s
   */
  public static boolean run(Options options, PrintStream out)
      throws IOException, InterruptedException {
    try (Webhook webhook = new Webhook();
        Rig rig =
            Rig.withOwnAom(
                options, Map.of("AOM_WEBHOOK_PORTS", Integer.toString(webhook.port())), out)) {
      new LatencyBench(options, rig, out).measure(webhook);
      return true;
    }
  }

  private void measure(Webhook webhook) throws IOException, InterruptedException {
    var rows = new ArrayList<Row>();
    int rate = options.number("--rate");
    for (MetricStore store : rig.metricStores()) {
      rows.add(new Row("sample", new MetricTarget(rig.client(), store, run, rate)));
    }
    if (rig.aom().isPresent()) {
      Aom aom = rig.aom().get();
      int records = Math.max(Target.LOADS_PER_SECOND, rate / LOGS_FOR_SAMPLES);
      rows.add(new Row("log record", new LogTarget(rig.client(), aom, run, records)));
    }
    for (Row row : rows) {
      probe(row.target, WARM_UP, new SynchronizedHistogram(3));
    }
    for (int round = 0; round < options.rounds(); round++) {
      for (Row row : round % 2 == 0 ? rows : rows.reversed()) {
        CpuWatch watch = CpuWatch.begin(proc, row.target.server());
        probe(row.target, Duration.ofSeconds(options.number("--seconds")), row.micros);
        row.watch(watch.used());
      }
    }
    out.println(
        """

        | from | to | system | load | probes | ms p50 | p90 | p99 | most | foreign CPU (most) |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\
        """);
    for (Row row : rows) {
      print(row.what + " pushed", "found by a query", row.target.load(), row);
    }
    if (rig.ownAom().isPresent()) {
      alarms(webhook, rig.ownAom().get().aom());
    }
  }

  /** Pushes load and probes for a while; notes how long each probe took to be found. */
  private void probe(Target target, Duration length, Histogram micros)
      throws IOException, InterruptedException {
    int loads = Math.toIntExact(length.toSeconds() * Target.LOADS_PER_SECOND);
    Duration every = Duration.ofSeconds(1).dividedBy(Target.LOADS_PER_SECOND);
    int first = probes;
    int count = Math.toIntExact(length.dividedBy(PROBE_EVERY));
    probes += count;
    Pace.keep(
        Duration.ZERO,
        2,
        (side, due) -> {
          if (side == 0) {
            Pace.keep(every, loads, (number, ignored) -> target.pushLoad(number));
          } else {
            Pace.keep(
                PROBE_EVERY,
                count,
                (number, since) -> probe(target, first + number, since, micros));
          }
        });
  }

  private static void probe(Target target, int number, long since, Histogram micros)
      throws IOException, InterruptedException {
    target.push(number);
    Until.holds(
        target.server().name() + ": probe " + number + " was acknowledged but is not found",
        SEEN_WITHIN,
        POLL,
        () -> target.shows(number));
    micros.recordValue((System.nanoTime() - since) / 1_000);
  }

  /** Lets series cross a threshold one after the other, each an alarm of its own. */
  private void alarms(Webhook webhook, Aom aom) throws IOException, InterruptedException {
    MetricStore store = MetricStore.of(aom);
    rig.client()
        .json(
            aom.question(
                "/api/v1/alarm-rules",
                Map.of(
                    "name",
                    "Latency " + run,
                    "condition",
                    Map.of("promql", "bench_threshold{run=\"" + run + "\"} > 1"),
                    "forSeconds",
                    0,
                    "intervalSeconds",
                    1,
                    "receivers",
                    List.of(
                        Map.of(
                            "type",
                            "webhook",
                            "url",
                            "http://127.0.0.1:" + webhook.port() + "/alarm")))));
    int warmUps = Math.toIntExact(WARM_UP.dividedBy(ALARM_EVERY)) + 1;
    var row = new Row("threshold", new MetricTarget(rig.client(), store, run, 1_000));
    cross(webhook, store, 0, warmUps, new SynchronizedHistogram(3));
    CpuWatch watch = CpuWatch.begin(proc, store.server());
    int count = options.rounds() * options.number("--seconds");
    cross(webhook, store, warmUps, count, row.micros);
    row.watch(watch.used());
    print("threshold crossed", "webhook called (rule asked each second)", "none", row);
  }

  private void cross(Webhook webhook, MetricStore store, int first, int count, Histogram micros)
      throws IOException, InterruptedException {
    Pace.keep(
        ALARM_EVERY,
        count,
        (number, since) -> {
          String probe = Integer.toString(first + number);
          Map<String, String> labels =
              Map.of("__name__", "bench_threshold", "probe", probe, "run", run);
          rig.client().send(store, MetricTarget.sample(labels, 2));
          Until.holds(
              "no webhook was called for probe " + probe,
              SEEN_WITHIN,
              POLL,
              () -> webhook.arrival(probe).isPresent());
          micros.recordValue((webhook.arrival(probe).orElseThrow() - since) / 1_000);
        });
  }

  private void print(String from, String to, String load, Row row) {
    out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %s | %d | %.1f | %.1f | %.1f | %.1f | %.0f %%%s |%n",
        from,
        to,
        row.target.server().name(),
        load,
        row.micros.getTotalCount(),
        row.micros.getValueAtPercentile(50) / 1_000.0,
        row.micros.getValueAtPercentile(90) / 1_000.0,
        row.micros.getValueAtPercentile(99) / 1_000.0,
        row.micros.getMaxValue() / 1_000.0,
        row.foreign[0] * 100,
        row.foreign[0] > CpuWatch.Used.FOREIGN_LIMIT ? " (too busy)" : "");
  }
}

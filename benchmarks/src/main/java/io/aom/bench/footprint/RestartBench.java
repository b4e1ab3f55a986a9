package io.aom.bench.footprint;

import io.aom.bench.payload.Dataset;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.OwnAom;
import io.aom.bench.rig.ProcStat;
import io.aom.bench.rig.Rig;
import io.aom.bench.rig.Spread;
import io.aom.bench.rig.Until;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long a system takes after {@code kill -9} until everything can be queried again, and what
 * that costs. The method is described in docs/benchmarks.md.
 */
public final class RestartBench {
  public static final Map<String, Integer> SIZES =
      Map.of("--series", 100_000, "--samples", 120, "--rounds", 3);

  private static final long STEP_MILLIS = 15_000;
  private static final int STEPS_PER_REQUEST = 5;
  private static final Duration BACK_WITHIN = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofMillis(50);

  /**
   * VictoriaMetrics has the newest seconds in memory alone, Prometheus the last page of its log.
   */
  private static final Duration ON_DISK_AFTER = Duration.ofSeconds(15);

  private final Rig rig;
  private final Dataset dataset;
  private final ProcStat proc = ProcStat.ofThisMachine();

  /** A system, how it is brought back, and what that took each time. */
  private static final class Entrant {
    final Restarts restarts;
    final List<Double> wallSeconds = new ArrayList<>();
    final List<Double> cpuSeconds = new ArrayList<>();
    MetricStore store;
    String verdict = "complete";

    Entrant(MetricStore store, Restarts restarts) {
      this.store = store;
      this.restarts = restarts;
    }
  }

  /** Kills and starts one system. */
  private interface Restarts {
    void kill() throws IOException, InterruptedException;

    /** The new processes; they may not answer yet. */
    MetricStore start() throws IOException, InterruptedException;
  }

  private RestartBench(Rig rig, Dataset dataset) {
    this.rig = rig;
    this.dataset = dataset;
  }

  /** Whether every system had everything each time it was back. */
  public static boolean run(Options options, PrintStream out)
      throws IOException, InterruptedException {
    try (Rig rig = Rig.withOwnAom(options, Map.of(), out)) {
      int samples = options.number("--samples");
      long now = System.currentTimeMillis();
      var dataset =
          new Dataset(
              Long.toString(now, Character.MAX_RADIX),
              options.number("--series"),
              samples,
              now / STEP_MILLIS * STEP_MILLIS - samples * STEP_MILLIS,
              STEP_MILLIS);
      return new RestartBench(rig, dataset).measure(options, out);
    }
  }

  private boolean measure(Options options, PrintStream out)
      throws IOException, InterruptedException {
    var entrants = new ArrayList<Entrant>();
    for (MetricStore store : rig.metricStores()) {
      entrants.add(new Entrant(store, store.aom().isPresent() ? ofAom() : ofPeer(store)));
    }
    List<MetricStore> stores = entrants.stream().map(entrant -> entrant.store).toList();
    for (int step = 0; step < dataset.samples(); step += STEPS_PER_REQUEST) {
      dataset.send(rig.client(), stores, options.connections(), step, step + STEPS_PER_REQUEST);
    }
    dataset.awaitWhole(rig.client(), stores);
    Thread.sleep(ON_DISK_AFTER);
    double lastSum = lastSum(stores.getFirst());

    for (int round = 0; round < options.rounds(); round++) {
      for (Entrant entrant : round % 2 == 0 ? entrants : entrants.reversed()) {
        restart(entrant, lastSum);
        out.printf(
            Locale.ROOT,
            "round %d %s: %.2f s, %.2f CPU s%n",
            round + 1,
            entrant.store.name(),
            entrant.wallSeconds.getLast(),
            entrant.cpuSeconds.getLast());
      }
    }
    out.printf(
        """

        kill -9 with %,d series of %d samples each (every %d s)

        | system | wall s until all is queryable: median (min-max) | CPU s | checked |
        | --- | --- | --- | --- |
        """,
        dataset.allSeries(), dataset.samples(), STEP_MILLIS / 1000);
    for (Entrant entrant : entrants) {
      out.printf(
          "| %s | %s | %s | %s |%n",
          entrant.store.name(),
          Spread.of(entrant.wallSeconds).text(2),
          Spread.of(entrant.cpuSeconds).text(2),
          entrant.verdict);
    }
    return entrants.stream().noneMatch(entrant -> entrant.verdict.startsWith("VOID"));
  }

  private void restart(Entrant entrant, double lastSum) throws IOException, InterruptedException {
    entrant.restarts.kill();
    long began = System.nanoTime();
    entrant.store = entrant.restarts.start();
    // What was sent last is read last; that all else is there as well is counted afterwards.
    Until.holds(
        entrant.store.name() + ": not back",
        BACK_WITHIN,
        PAUSE,
        () -> answers(entrant.store, lastSum));
    entrant.wallSeconds.add((System.nanoTime() - began) / 1e9);
    entrant.cpuSeconds.add(
        proc.ticks(proc.tree(entrant.store.server().pids())) * ProcStat.MICROS_PER_TICK / 1e6);
    double count = dataset.count(rig.client(), entrant.store);
    if (count != dataset.bucketSamples()) {
      entrant.verdict = "VOID: %.0f of %d samples".formatted(count, dataset.bucketSamples());
    }
  }

  private boolean answers(MetricStore store, double lastSum) throws InterruptedException {
    try {
      return lastSum(store) == lastSum;
    } catch (IOException e) {
      return false; // It does not listen yet, or says that it is not ready.
    }
  }

  private double lastSum(MetricStore store) throws IOException, InterruptedException {
    return store.sum(rig.client(), "sum(" + dataset.buckets() + ")", dataset.lastMillis());
  }

  private Restarts ofAom() {
    OwnAom own =
        rig.ownAom()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "--data, --url: an AOM of yours is not killed (expected: neither)"));
    return new Restarts() {
      @Override
      public void kill() throws IOException, InterruptedException {
        own.kill();
      }

      @Override
      public MetricStore start() throws IOException, InterruptedException {
        own.up();
        return MetricStore.of(own.aom());
      }
    };
  }

  private Restarts ofPeer(MetricStore peer) {
    return new Restarts() {
      @Override
      public void kill() throws IOException, InterruptedException {
        rig.peers().orElseThrow().kill(peer.name());
      }

      @Override
      public MetricStore start() throws IOException {
        return MetricStore.of(rig.peers().orElseThrow().restart(peer.name()));
      }
    };
  }
}

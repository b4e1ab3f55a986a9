package io.aom.bench.footprint;

import io.aom.bench.payload.Dataset;
import io.aom.bench.rig.Client;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.ProcStat;
import io.aom.bench.rig.Rig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What each further active series takes of memory, apart from what a system takes without any. The
 * method is described in docs/benchmarks.md.
 */
public final class MemoryBench {
  public static final Map<String, Integer> SIZES =
      Map.of("--series", 100_000, "--times", 4, "--samples", 8, "--settle", 15);

  /** So large that neither heap nor budget ends what is measured. */
  private static final Map<String, String> SETTINGS =
      Map.of("AOM_HEAP", "4g", "AOM_BLOCKS_HEADBUDGET", "2GB");

  private static final long STEP_MILLIS = 15_000;
  private static final double MIB = 1 << 20;

  private final Options options;
  private final PrintStream out;
  private final ProcStat proc = ProcStat.ofThisMachine();

  /**
   * Resident memory at two numbers of series.
   *
   * @param fewMib at {@code few} series
   * @param manyMib at {@code many} series
   */
  record Slope(long few, double fewMib, long many, double manyMib) {
    double bytesPerSeries() {
      return (manyMib - fewMib) * MIB / (many - few);
    }

    /** What is left when there is no series. */
    double baseMib() {
      return fewMib - bytesPerSeries() * few / MIB;
    }

    String row(String name) {
      return String.format(
          Locale.ROOT,
          "| %s | %.0f | %.0f | %.0f | %.0f |",
          name,
          fewMib,
          manyMib,
          bytesPerSeries(),
          baseMib());
    }
  }

  private MemoryBench(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Whether all systems have all samples. */
  public static boolean run(Options options, PrintStream out)
      throws IOException, InterruptedException {
    if (options.number("--times") < 2) {
      throw new IllegalStateException("--times: 1 (expected: 2 or more)");
    }
    try (Rig rig = Rig.withOwnAom(options, SETTINGS, out)) {
      new MemoryBench(options, out).run(rig.client(), rig.metricStores());
      return true;
    }
  }

  private void run(Client client, List<MetricStore> stores)
      throws IOException, InterruptedException {
    int few = options.number("--series");
    int samples = options.number("--samples");
    long now = System.currentTimeMillis();
    String run = Long.toString(now, Character.MAX_RADIX);
    long start = now / STEP_MILLIS * STEP_MILLIS - 2L * samples * STEP_MILLIS;
    var first = new Dataset(run, few, 2 * samples, start, STEP_MILLIS);
    var more =
        new Dataset(
            run + "-more",
            few * (options.number("--times") - 1),
            samples,
            start + samples * STEP_MILLIS,
            STEP_MILLIS);

    for (int step = 0; step < samples; step++) {
      first.send(client, stores, options.connections(), step, step + 1);
    }
    List<List<Double>> before = residents(stores);
    for (int step = 0; step < samples; step++) {
      first.send(client, stores, options.connections(), samples + step, samples + step + 1);
      more.send(client, stores, options.connections(), step, step + 1);
    }
    List<List<Double>> after = residents(stores);
    first.awaitWhole(client, stores);
    more.awaitWhole(client, stores);

    long many = first.allSeries() + more.allSeries();
    out.printf(
        """

        %,d and then %,d active series with %d and then %d samples each; every sample found.

        | system | RSS MiB at %,d | RSS MiB at %,d | bytes for each further series | base MiB |
        | --- | --- | --- | --- | --- |
        """,
        first.allSeries(), many, samples, 2 * samples, first.allSeries(), many);
    for (int i = 0; i < stores.size(); i++) {
      for (int kind = 0; kind < before.get(i).size(); kind++) {
        var slope =
            new Slope(first.allSeries(), before.get(i).get(kind), many, after.get(i).get(kind));
        out.println(slope.row(stores.get(i).name() + (kind == 1 ? ", after a full GC" : "")));
      }
    }
  }

  /** For each system what it has now, and for AOM also what is left after its JVMs collected. */
  private List<List<Double>> residents(List<MetricStore> stores)
      throws IOException, InterruptedException {
    Thread.sleep(Duration.ofSeconds(options.settleSeconds()));
    var all = new ArrayList<List<Double>>();
    for (MetricStore store : stores) {
      var figures = new ArrayList<Double>();
      figures.add(resident(store));
      if (store.aom().isPresent()) {
        for (long pid : store.server().pids()) {
          collect(pid);
        }
        figures.add(resident(store));
      }
      all.add(figures);
    }
    return all;
  }

  private double resident(MetricStore store) {
    Set<Long> pids = proc.tree(store.server().pids());
    return proc.residentKib(pids) / 1024.0;
  }

  private static void collect(long pid) throws IOException, InterruptedException {
    String jcmd = System.getProperty("java.home") + "/bin/jcmd";
    Process process =
        new ProcessBuilder(jcmd, Long.toString(pid), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("jcmd " + pid + " GC.run failed");
    }
  }
}

package io.aom.bench.query;

import io.aom.bench.payload.Dataset;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.Peers;
import io.aom.bench.rig.Rig;
import io.aom.bench.rig.Until;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Range queries over days of data, as AOM keeps it: blocks of a fixed length, nothing in memory.
 * The method is described in docs/benchmarks.md.
 */
public final class HistoryBench {
  public static final Map<String, Integer> SIZES =
      Map.of(
          "--series", 1_000,
          "--days", 7,
          "--interval", 60,
          "--seals-a-day", 72,
          "--merge", 1,
          "--seconds", 1);

  /** All of it comes within minutes, so spans of six hours are told by their rows. */
  private static final Duration MERGED = Duration.ofHours(6);

  private static final long STEP_MILLIS = Duration.ofMinutes(5).toMillis();
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final long BESIDE_MILLIS = 7_000;
  private static final int STEPS_PER_REQUEST = 10;

  /** Prometheus looks once a minute whether its head is long enough for a block. */
  private static final Duration COMPACTED_WITHIN = Duration.ofMinutes(5);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** One and a half blocks of two hours, and some more. */
  private static final double HEAD_SECONDS = 3.1 * 3_600;

  private HistoryBench() {}

  /** Whether all systems answered all questions alike. */
  public static boolean run(Options options, PrintStream out)
      throws IOException, InterruptedException {
    try (Rig rig = Rig.withOwnAom(options, settings(options), out)) {
      long now = System.currentTimeMillis();
      long interval = options.number("--interval") * 1000L;
      long end = now / STEP_MILLIS * STEP_MILLIS;
      int samples = Math.toIntExact(options.number("--days") * DAY_MILLIS / interval);
      var dataset =
          new Dataset(
              Long.toString(now, Character.MAX_RADIX),
              options.number("--series"),
              samples,
              end - samples * interval + BESIDE_MILLIS,
              interval);
      List<MetricStore> stores = rig.metricStores();
      int blocks = load(rig, stores, dataset, options);
      dataset.awaitWhole(rig.client(), stores);
      long merged = rig.aom().isPresent() ? rig.aom().get().awaitMerged(rig.client()) : 0;
      for (MetricStore store : stores) {
        if (store.name().equals(Peers.PROMETHEUS)) {
          awaitCompacted(rig, store);
        }
      }
      out.printf(
          "Loaded: %,d series with %,d samples each; AOM has sealed %d times and merged to %d"
              + " blocks%n",
          dataset.allSeries(), samples, blocks, merged);

      Dashboard dashboard = Dashboard.over(dataset, WINDOW, STEP_MILLIS);
      List<Question> questions =
          List.of(dashboard.sumOfRates(), dashboard.quantile(), dashboard.oneInstance());
      var timing = new Timing(options, rig.client(), stores, out);
      timing.warmUp(questions);
      return timing.run(options.number("--days") + " days", questions);
    }
  }

  private static Map<String, String> settings(Options options) {
    // The topics of an AOM in one JVM have one partition, so a block holds all series.
    long rows = options.number("--series") * (MERGED.toSeconds() / options.number("--interval"));
    return Map.of(
        "AOM_INGEST_PAST_METRICS", "30d",
        "AOM_BLOCKS_HOLD", "0s",
        "AOM_GATEWAY_QUERIESPERSECOND", "10000",
        "AOM_BLOCKS_MERGE_ENABLED", Boolean.toString(options.number("--merge") != 0),
        "AOM_BLOCKS_MERGE_AFTER", "0s",
        "AOM_BLOCKS_MERGE_SHARE", "1",
        "AOM_BLOCKS_MERGE_MAXROWS", Long.toString(rows));
  }

  /**
   * Sends all in the order of time, and has AOM seal as often as it would have by itself.
   *
   * @return how often it sealed
   */
  private static int load(Rig rig, List<MetricStore> stores, Dataset dataset, Options options)
      throws IOException, InterruptedException {
    long sealEvery = DAY_MILLIS / options.number("--seals-a-day");
    long sealAfter = dataset.startMillis() + sealEvery;
    int seals = 0;
    for (int step = 0; step < dataset.samples(); step += STEPS_PER_REQUEST) {
      dataset.send(rig.client(), stores, options.connections(), step, step + STEPS_PER_REQUEST);
      if (rig.aom().isPresent() && dataset.timeMillis(step + STEPS_PER_REQUEST) > sealAfter) {
        rig.aom().get().sealAndLetGo(rig.client());
        sealAfter += sealEvery;
        seals++;
      }
    }
    return seals;
  }

  private static void awaitCompacted(Rig rig, MetricStore prometheus)
      throws IOException, InterruptedException {
    Until.holds(
        "Prometheus: its head is not down to three hours",
        COMPACTED_WITHIN,
        PAUSE,
        () -> {
          String metrics =
              rig.client().answer(prometheus.server().request("/metrics").build()).body();
          return figure(metrics, "prometheus_tsdb_head_max_time_seconds")
                  - figure(metrics, "prometheus_tsdb_head_min_time_seconds")
              < HEAD_SECONDS;
        });
  }

  /** One figure of Prometheus' text format. */
  static double figure(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + ' '))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no metric " + name));
  }
}

package io.aom.bench.footprint;

import io.aom.bench.rig.Aom;
import io.aom.bench.rig.Folders;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.Peers;
import io.aom.bench.rig.Rig;
import io.aom.bench.rig.Server;
import io.aom.bench.rig.Until;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Bytes of a sample at rest, of what a real node exporter shows. The method is described in
 * docs/benchmarks.md.
 */
public final class DiskBench {
  public static final Map<String, Integer> SIZES =
      Map.of("--samples", 480, "--hosts", 4, "--pace", 1_000);

  /** The data is of days before, so that AOM's telemetry of itself lies in other indices. */
  private static final Map<String, String> SETTINGS =
      Map.of("AOM_INGEST_PAST_METRICS", "30d", "AOM_BLOCKS_HOLD", "0s");

  private static final String MANIFESTS = "aom-blocks-metrics";
  private static final long STEP_MILLIS = 15_000;

  /** A host shows what the one before it showed so many scrapes earlier. */
  private static final int SHIFT = 10;

  private static final int STEPS_PER_REQUEST = 5;

  /** As AOM seals by itself: every 20 minutes. */
  private static final int STEPS_PER_BLOCK = 80;

  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration WITHIN = Duration.ofMinutes(3);

  private final Rig rig;
  private final PrintStream out;
  private final Capture capture;
  private final int samples;
  private final int hosts;
  private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
  private final List<String> rows = new ArrayList<>();
  private boolean whole = true;

  private DiskBench(Rig rig, Options options, Capture capture, PrintStream out) {
    this.rig = rig;
    this.out = out;
    this.capture = capture;
    this.samples = options.number("--samples");
    this.hosts = options.number("--hosts");
  }

  /** Whether all systems have all samples. */
  public static boolean run(Options options, PrintStream out)
      throws IOException, InterruptedException {
    try (Rig rig = Rig.withOwnAom(options, SETTINGS, out)) {
      int scrapes = options.number("--samples") + (options.number("--hosts") - 1) * SHIFT;
      Capture capture = capture(rig, options, scrapes, out);
      return new DiskBench(rig, options, capture, out).measure();
    }
  }

  private static Capture capture(Rig rig, Options options, int scrapes, PrintStream out)
      throws IOException, InterruptedException {
    Optional<Path> named = options.capture();
    if (named.isPresent() && Files.exists(named.get())) {
      Capture capture = Capture.read(named.get());
      if (capture.scrapes().size() < scrapes) {
        throw new IllegalStateException(
            named.get() + ": " + capture.scrapes().size() + " scrapes (expected: " + scrapes + ")");
      }
      return capture;
    }
    Server exporter =
        rig.exporter().orElseThrow(() -> new IllegalStateException("no node exporter to scrape"));
    out.printf(
        "Scraping a node exporter %d times, which takes %d s%n",
        scrapes, scrapes * (long) options.number("--pace") / 1000);
    Path file = named.isPresent() ? named.get() : Files.createTempFile("aom-bench-scrapes", ".gz");
    try {
      return Capture.take(rig.client(), exporter, scrapes, options.number("--pace"), file);
    } finally {
      if (named.isEmpty()) {
        Files.delete(file);
      }
    }
  }

  private boolean measure() throws IOException, InterruptedException {
    for (MetricStore store : rig.metricStores()) {
      if (store.aom().isPresent()) {
        Aom aom = store.aom().get();
        ofAom(store, aom, 1, STEPS_PER_BLOCK, "AOM, a block for each 20 min");
        ofAom(store, aom, 2, samples, "AOM, one block");
      } else {
        ofPeer(store);
      }
    }
    out.printf(
        """

        node exporter: %,d series of %d hosts, %d samples each at %d s, %,d samples in all

        | system | bytes/sample | MB | what | checked |
        | --- | --- | --- | --- | --- |
        """,
        series(), hosts, samples, STEP_MILLIS / 1000, allSamples());
    rows.forEach(out::println);
    return whole;
  }

  private int series() {
    int all = 0;
    for (int host = 0; host < hosts; host++) {
      all += capture.series(host * SHIFT, host * SHIFT + samples);
    }
    return all;
  }

  private long allSamples() {
    long all = 0;
    for (int host = 0; host < hosts; host++) {
      all += capture.samples(host * SHIFT, host * SHIFT + samples);
    }
    return all;
  }

  /** Noon, so that all samples are of one day and, with 480 of them, of one block of Prometheus. */
  private static LocalDate day(int daysAgo) {
    return LocalDate.now(ZoneOffset.UTC).minusDays(daysAgo);
  }

  private static long startMillis(int daysAgo) {
    return day(daysAgo).atTime(12, 0).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private void ofAom(MetricStore store, Aom aom, int daysAgo, int stepsPerBlock, String name)
      throws IOException, InterruptedException {
    String index = "aom-metrics-" + day(daysAgo).format(DateTimeFormatter.ofPattern("uuuu.MM.dd"));
    long before = aom.indexBytes(rig.client(), index) + aom.indexBytes(rig.client(), MANIFESTS);
    send(store, daysAgo, stepsPerBlock);
    aom.sealAndLetGo(rig.client());
    long bytes =
        aom.indexBytes(rig.client(), index) + aom.indexBytes(rig.client(), MANIFESTS) - before;
    row(name, bytes, "parts and manifests in OpenSearch", verdict(store, daysAgo));
  }

  private void ofPeer(MetricStore store) throws IOException, InterruptedException {
    send(store, 1, samples);
    String verdict = verdict(store, 1);
    Path folder = rig.peers().orElseThrow().folder(store.name());
    if (store.name().equals(Peers.PROMETHEUS)) {
      String snapshot =
          rig.client().json(post(store, "/api/v1/admin/tsdb/snapshot")).at("/data/name").asString();
      long bytes = Folders.bytes(folder.resolve("snapshots").resolve(snapshot));
      row(store.name(), bytes, "the block of a snapshot", verdict);
    } else {
      long bytes = merged(store, folder);
      row(store.name(), bytes, "data and index after a forced merge", verdict);
    }
  }

  /** Size once nothing is merged any more, and what was merged is gone. */
  private long merged(MetricStore store, Path folder) throws IOException, InterruptedException {
    rig.client().json(store.server().request("/internal/force_flush").build());
    rig.client().time(store.server().request("/internal/force_merge").build());
    long[] sizes = new long[4];
    Until.holds(
        store.name() + ": its size does not stay",
        WITHIN,
        Duration.ofSeconds(2),
        () -> {
          System.arraycopy(sizes, 1, sizes, 0, sizes.length - 1);
          sizes[sizes.length - 1] =
              Folders.bytes(folder.resolve("data")) + Folders.bytes(folder.resolve("indexdb"));
          return sizes[0] == sizes[sizes.length - 1];
        });
    return sizes[0];
  }

  private static HttpRequest post(MetricStore store, String path) {
    return store.server().request(path).POST(HttpRequest.BodyPublishers.noBody()).build();
  }

  private void send(MetricStore store, int daysAgo, int stepsPerBlock)
      throws IOException, InterruptedException {
    for (int step = 0; step < samples; step += STEPS_PER_REQUEST) {
      int end = Math.min(samples, step + STEPS_PER_REQUEST);
      for (int host = 0; host < hosts; host++) {
        byte[] body =
            capture.body(
                host * SHIFT + step,
                host * SHIFT + end,
                Map.of("instance", "host-" + host + ":9100", "job", "node-" + run),
                startMillis(daysAgo) + step * STEP_MILLIS,
                STEP_MILLIS);
        rig.client().send(store, body);
      }
      if (store.aom().isPresent() && end % stepsPerBlock == 0 && end < samples) {
        store.aom().get().sealAndLetGo(rig.client());
      }
    }
  }

  private String verdict(MetricStore store, int daysAgo) throws IOException, InterruptedException {
    long last = startMillis(daysAgo) + (samples - 1) * STEP_MILLIS;
    double[] found = new double[1];
    try {
      Until.holds(
          store.name() + ": not all samples",
          WITHIN,
          PAUSE,
          () -> {
            found[0] = count(store, last);
            return found[0] == allSamples();
          });
      return "complete";
    } catch (IllegalStateException e) {
      whole = false;
      return "VOID: %.0f of %d samples".formatted(found[0], allSamples());
    }
  }

  /**
   * Metric by metric: counts of series that differ in their name alone would be of one label set.
   */
  private double count(MetricStore store, long lastMillis)
      throws IOException, InterruptedException {
    double count = 0;
    for (String name : capture.names()) {
      String window = "[" + samples * STEP_MILLIS + "ms]";
      count +=
          store.sum(
              rig.client(),
              "sum(count_over_time(" + name + "{job=\"node-" + run + "\"}" + window + "))",
              lastMillis);
    }
    return count;
  }

  private void row(String name, long bytes, String what, String verdict) {
    rows.add(
        String.format(
            Locale.ROOT,
            "| %s | %.2f | %.2f | %s | %s |",
            name,
            (double) bytes / allSamples(),
            bytes / 1e6,
            what,
            verdict));
  }
}

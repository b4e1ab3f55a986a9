package io.aom.bench.payload;

import io.aom.bench.rig.Client;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Until;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xerial.snappy.Snappy;

/**
 * Counters of a histogram, as remote write 1.0 with a fixed seed: the same arguments give the same
 * bytes. {@value #BUCKETS} series are the buckets of one histogram, which all rise, each at a speed
 * of its own and a little unevenly; {@value #HISTOGRAMS} histograms belong to one instance, which
 * has a series {@code info} as well. All values are whole.
 *
 * @param run value of the label {@code run}
 * @param series number of buckets, at least {@value #BUCKETS}; it is in the metric's name
 * @param samples of each series, at least 1
 * @param startMillis time of the first
 * @param stepMillis from one to the next
 */
public record Dataset(String run, int series, int samples, long startMillis, long stepMillis) {
  public static final int BUCKETS = 10;
  private static final int HISTOGRAMS = 4;
  public static final int PER_INSTANCE = BUCKETS * HISTOGRAMS;
  private static final int SERIES_PER_REQUEST = 2_000;
  private static final Duration WHOLE_WITHIN = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofMillis(500);

  public Dataset {
    if (series < BUCKETS || samples < 1 || stepMillis < 1) {
      throw new IllegalArgumentException(
          "series, samples, step: "
              + series
              + ", "
              + samples
              + ", "
              + stepMillis
              + " (expected: "
              + BUCKETS
              + ", 1, 1 or more)");
    }
  }

  public String buckets() {
    return "bench_query_" + series + "_bucket{run=\"" + run + "\"}";
  }

  /** Selector of one series for each instance, whose value is 1. */
  public String infos() {
    return "bench_query_" + series + "_info{run=\"" + run + "\"}";
  }

  /** Selector of the buckets of one instance. */
  public String bucketsOfOneInstance() {
    return "bench_query_"
        + series
        + "_bucket{run=\""
        + run
        + "\",instance=\""
        + instance(0)
        + "\"}";
  }

  int instances() {
    return Math.ceilDiv(series, PER_INSTANCE);
  }

  /** Buckets and infos. */
  public long allSeries() {
    return (long) series + instances();
  }

  public long timeMillis(int step) {
    return startMillis + step * stepMillis;
  }

  public long lastMillis() {
    return timeMillis(samples - 1);
  }

  /** Value of a bucket: cumulative over time, and over the buckets of its histogram. */
  static long value(int index, int step) {
    int histogram = index / BUCKETS;
    long speed = 10L + histogram % 7;
    // Never falls: what is added varies by less than the speed.
    long count = (step + 1) * speed + Math.floorMod(mix(histogram * 0x10001L + step), 5);
    return (index % BUCKETS + 1) * count;
  }

  private static long mix(long number) {
    long z = number * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    return z ^ (z >>> 27);
  }

  /**
   * The requests with the samples of steps {@code [from, to)}; a series is at the same position
   * each time.
   */
  public List<byte[]> bodies(int from, int to) throws IOException {
    var bodies = new ArrayList<byte[]>();
    var writer = new ProtoWriter(1 << 20);
    int all = Math.toIntExact(allSeries());
    for (int first = 0; first < all; first += SERIES_PER_REQUEST) {
      writer.clear();
      int end = Math.min(all, first + SERIES_PER_REQUEST);
      for (int index = first; index < end; index++) {
        int begun = writer.begin(1);
        labels(writer, index);
        for (int step = from; step < to; step++) {
          int sample = writer.begin(2);
          writer.float64(1, index < series ? (double) value(index, step) : 1.0);
          writer.varint(2, timeMillis(step));
          writer.end(sample);
        }
        writer.end(begun);
      }
      bodies.add(Snappy.compress(writer.toByteArray()));
    }
    return bodies;
  }

  /**
   * Sends the samples of steps {@code [from, to)}, as far as there are any, to all: the same bytes.
   */
  public void send(Client client, List<MetricStore> stores, int connections, int from, int to)
      throws IOException, InterruptedException {
    List<List<byte[]>> bodies = List.of(bodies(from, Math.min(samples, to)));
    for (MetricStore store : stores) {
      client.send(store, bodies, connections);
    }
  }

  /**
   * Waits until every system counts every sample.
   *
   * @throws IllegalStateException if one does not
   */
  public void awaitWhole(Client client, List<MetricStore> stores)
      throws IOException, InterruptedException {
    for (MetricStore store : stores) {
      Until.holds(
          store.name() + ": does not count " + bucketSamples() + " samples",
          WHOLE_WITHIN,
          PAUSE,
          () -> count(client, store) == bucketSamples());
    }
  }

  /** Samples of all buckets. */
  public long bucketSamples() {
    return (long) series * samples;
  }

  /** How many of the buckets' samples a system finds. */
  public double count(Client client, MetricStore store) throws IOException, InterruptedException {
    return store.sum(
        client,
        "sum(count_over_time(" + buckets() + "[" + samples * stepMillis + "ms]))",
        lastMillis());
  }

  /** Sorted by name, as the protocol demands. */
  private void labels(ProtoWriter writer, int index) {
    String name = "bench_query_" + series;
    if (index >= series) {
      int instance = index - series;
      Fields.label(writer, "__name__", name + "_info");
      Fields.label(writer, "instance", instance(instance));
      Fields.label(writer, "run", run);
      Fields.label(writer, "version", "1." + instance % 5);
      return;
    }
    int instance = index / PER_INSTANCE;
    int bucket = index % BUCKETS;
    Fields.label(writer, "__name__", name + "_bucket");
    Fields.label(writer, "cluster", "cluster-" + instance % 3);
    Fields.label(writer, "instance", instance(instance));
    Fields.label(writer, "job", "shop");
    Fields.label(writer, "le", bucket == BUCKETS - 1 ? "+Inf" : (bucket + 1) / 10.0 + "");
    Fields.label(writer, "namespace", "team-" + instance % 40);
    Fields.label(writer, "path", "/api/v1/" + index / BUCKETS % HISTOGRAMS);
    Fields.label(writer, "pod", "shop-" + Integer.toHexString(instance * 0x9e3779b9));
    Fields.label(writer, "run", run);
    Fields.label(writer, "zone", "zone-" + instance % 4);
  }

  private static String instance(int number) {
    return "10." + (number >> 16) + '.' + (number >> 8 & 255) + '.' + (number & 255) + ":8080";
  }
}

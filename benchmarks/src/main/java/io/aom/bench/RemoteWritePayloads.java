package io.aom.bench;

import io.aom.bench.payload.Fields;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.xerial.snappy.Snappy;

/**
 * Snappy-compressed Prometheus remote write 1.0 requests with a fixed seed: the same arguments give
 * the same bytes. A series has ten labels; a request carries one sample of each of up to {@value
 * #SERIES_PER_REQUEST} series.
 *
 * @param run value of the label {@code run}, which tells the series of one run from all others
 * @param series number of series, at least 1
 * @param samples samples of each series in a round, at least 1
 */
record RemoteWritePayloads(String run, int series, int samples) {
  static final int SERIES_PER_REQUEST = 2_000;
  static final int METRICS = 20;
  static final long STEP_MILLIS = 15_000;
  private static final long SEED = 0x5eed_a0a1L;
  private static final int VALUE_BOUND = 1 << 20;

  RemoteWritePayloads {
    if (series < 1 || samples < 1) {
      throw new IllegalArgumentException(
          "series, samples: " + series + ", " + samples + " (expected: 1 or more)");
    }
  }

  /**
   * What one round sends.
   *
   * @param run as the label says it
   * @param steps requests by step and position: {@code steps.get(i)} is sent before {@code
   *     steps.get(i + 1)} for the same position
   * @param items number of samples in all requests
   * @param valueSum sum of all values: whole numbers, so exact as long as it is below 2^53
   * @param lastSums sum of the values of the last step, by metric
   */
  record Round(
      String run,
      List<List<byte[]>> steps,
      long items,
      long valueSum,
      long lastMillis,
      List<Long> lastSums)
      implements io.aom.bench.Round {
    long lastSum(int metric) {
      return lastSums.get(metric);
    }

    long bytes() {
      return steps.stream().flatMap(List::stream).mapToLong(body -> body.length).sum();
    }
  }

  static String metric(int index) {
    return "bench_metric_%02d_total".formatted(index);
  }

  /**
   * The round with this number; its first sample lies {@code number * samples} steps after start.
   */
  Round round(int number, long startMillis) throws IOException {
    var steps = new ArrayList<List<byte[]>>(samples);
    var writer = new ProtoWriter(1 << 20);
    long sum = 0;
    long time = 0;
    long[] sums = new long[METRICS];
    for (int sample = 0; sample < samples; sample++) {
      long step = (long) number * samples + sample;
      time = startMillis + step * STEP_MILLIS;
      var random = new SplittableRandom(SEED + step);
      Arrays.fill(sums, 0);
      var requests = new ArrayList<byte[]>();
      for (int from = 0; from < series; from += SERIES_PER_REQUEST) {
        writer.clear();
        int to = Math.min(series, from + SERIES_PER_REQUEST);
        for (int index = from; index < to; index++) {
          int value = random.nextInt(1, VALUE_BOUND);
          sum += value;
          sums[index % METRICS] += value;
          timeSeries(writer, index, value, time);
        }
        requests.add(Snappy.compress(writer.toByteArray()));
      }
      steps.add(List.copyOf(requests));
    }
    return new Round(
        run,
        List.copyOf(steps),
        (long) series * samples,
        sum,
        time,
        Arrays.stream(sums).boxed().toList());
  }

  private void timeSeries(ProtoWriter writer, int index, double value, long time) {
    int target = index / METRICS;
    int begun = writer.begin(1);
    // Sorted by name, as the protocol demands.
    Fields.label(writer, "__name__", metric(index % METRICS));
    Fields.label(writer, "cluster", "cluster-" + target % 3);
    Fields.label(writer, "container", "main");
    Fields.label(writer, "instance", "10.0." + (target >> 8) + '.' + (target & 255) + ":9100");
    Fields.label(writer, "job", "kubernetes-pods");
    Fields.label(writer, "namespace", "team-" + target % 40);
    Fields.label(writer, "node", "node-" + target % 200);
    Fields.label(
        writer, "pod", "app-" + target % 500 + '-' + Integer.toHexString(target * 0x9e3779b9));
    Fields.label(writer, "run", run);
    Fields.label(writer, "zone", "zone-" + target % 4);
    int sample = writer.begin(2);
    writer.float64(1, value);
    writer.varint(2, time);
    writer.end(sample);
    writer.end(begun);
  }
}

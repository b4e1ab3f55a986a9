package io.aom.e2e;

import io.aom.telemetry.remotewrite.RemoteWriteV1;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Series of every kind, the same for the same seed: gauges, with gaps and stale markers; counters,
 * with gaps or with resets; classic histograms; values that are no numbers. Values are multiples of
 * small powers of two, so that sums of them are exact in any order, and differ from series to
 * series, so that nothing is drawn.
 */
final class RandomSeries {
  static final int STEPS = 160;
  static final long STEP_MILLIS = 15_000;

  /** Off every whole and half second, so that no range, step or lookback ends at a sample. */
  static final long SAMPLE_OFFSET_MILLIS = 345;

  private static final long STALE = 0x7ff0000000000002L;
  private static final String[] LE = {"0.1", "0.25", "0.5", "1", "2.5", "+Inf"};

  private final SplittableRandom random;
  private final long startMillis;
  private final ProtoWriter out = new ProtoWriter(1 << 20);
  private int series;

  private RandomSeries(long seed, long startMillis) {
    this.random = new SplittableRandom(seed);
    this.startMillis = startMillis;
  }

  /** A remote write 1.0 request with all series, not compressed. */
  static byte[] request(long seed, long startMillis) {
    RandomSeries all = new RandomSeries(seed, startMillis);
    for (int i = 0; i < 6; i++) {
      String host = "h" + i;
      String room = "r" + i % 3;
      all.gauge("temperature", 0.1, false, "host", host, "room", room);
      all.gauge("limit", 0, false, "host", host);
      for (String queue : List.of("in", "out")) {
        all.gauge("queue_length", 0.05, true, "host", host, "queue", queue);
      }
      for (String code : List.of("200", "404", "500")) {
        all.resettingCounter("requests_total", "host", host, "code", code, "job", "web");
      }
      all.counterWithGaps("bytes_total", "host", host, "room", room, "job", "web");
      all.series(constants(1), "build_info", "host", host, "version", "1." + i % 2);
      if (i < 3) {
        all.histogram("host", host, "job", "web");
      }
    }
    all.odd();
    return all.out.toByteArray();
  }

  private static @Nullable Double[] constants(double value) {
    Double[] values = new Double[STEPS];
    java.util.Arrays.fill(values, value);
    return values;
  }

  /** An eighth of a whole number, and a mark of the series. */
  private double value(long eighths) {
    return eighths / 8.0 + series / 1024.0;
  }

  private void gauge(String name, double gaps, boolean ends, String... labels) {
    Double[] values = new Double[STEPS];
    long level = random.nextLong(-200, 800);
    int i = 0;
    while (i < STEPS) {
      level += random.nextLong(-40, 41);
      values[i] = random.nextDouble() < gaps ? null : Double.valueOf(value(level));
      i++;
      if (ends && random.nextInt(40) == 0 && i < STEPS) {
        values[i] = Double.longBitsToDouble(STALE);
        i += 1 + random.nextInt(12);
      }
    }
    series(values, name, labels);
  }

  private void resettingCounter(String name, String... labels) {
    Double[] values = new Double[STEPS];
    long count = random.nextLong(800_000, 8_000_000);
    for (int i = 0; i < STEPS; i++) {
      count = random.nextInt(50) == 0 ? 0 : count + random.nextLong(0, 400);
      values[i] = value(count);
    }
    series(values, name, labels);
  }

  private void counterWithGaps(String name, String... labels) {
    Double[] values = new Double[STEPS];
    long count = random.nextLong(80_000_000, 800_000_000);
    for (int i = 0; i < STEPS; i++) {
      count += random.nextLong(0, 4_000);
      values[i] = random.nextInt(8) == 0 ? null : Double.valueOf(value(count));
    }
    series(values, name, labels);
  }

  private void histogram(String... labels) {
    Double[][] buckets = new Double[LE.length][STEPS];
    Double[] sums = new Double[STEPS];
    long[] counts = new long[LE.length];
    double sum = 1 << 20;
    java.util.Arrays.fill(counts, 1 << 20);
    for (int i = 0; i < STEPS; i++) {
      for (int times = random.nextInt(30); times >= 0; times--) {
        int bucket = random.nextInt(LE.length);
        for (int b = bucket; b < LE.length; b++) {
          counts[b]++;
        }
        sum += (bucket + 1) / 8.0;
      }
      sums[i] = sum;
      for (int b = 0; b < LE.length; b++) {
        buckets[b][i] = (double) counts[b];
      }
    }
    for (int b = 0; b < LE.length; b++) {
      List<String> more = new ArrayList<>(List.of(labels));
      more.addAll(List.of("le", LE[b]));
      series(buckets[b], "latency_seconds_bucket", more.toArray(String[]::new));
    }
    series(sums, "latency_seconds_sum", labels);
    series(buckets[LE.length - 1], "latency_seconds_count", labels);
  }

  private void odd() {
    double[] some = {
      Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0, 1.5, -7, 1e300
    };
    for (String host : List.of("h0", "h1")) {
      Double[] values = new Double[STEPS];
      for (int i = 0; i < STEPS; i++) {
        values[i] = some[random.nextInt(some.length)];
      }
      series(values, "odd", "host", host);
    }
  }

  private void series(@Nullable Double[] values, String name, String... labels) {
    series++;
    Map<String, String> sorted = new TreeMap<>(Map.of("__name__", name));
    for (int i = 0; i < labels.length; i += 2) {
      sorted.put(labels[i], labels[i + 1]);
    }
    int begun = out.begin(RemoteWriteV1.Request.TIME_SERIES);
    sorted.forEach(
        (label, value) -> {
          int pair = out.begin(RemoteWriteV1.TimeSeries.LABELS);
          out.string(RemoteWriteV1.Label.NAME, label).string(RemoteWriteV1.Label.VALUE, value);
          out.end(pair);
        });
    for (int i = 0; i < STEPS; i++) {
      Double value = values[i];
      if (value != null) {
        int sample = out.begin(RemoteWriteV1.TimeSeries.SAMPLES);
        out.fixed64(RemoteWriteV1.Sample.VALUE, Double.doubleToRawLongBits(value));
        out.varint(
            RemoteWriteV1.Sample.TIMESTAMP, startMillis + i * STEP_MILLIS + SAMPLE_OFFSET_MILLIS);
        out.end(sample);
      }
    }
    out.end(begun);
  }
}

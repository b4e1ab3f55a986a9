package io.aom.ingest.remotewrite;

import static io.aom.ingest.remotewrite.PrometheusMessages.firstVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.readSecondVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.secondVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.intake.Slice;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesLimits;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenantExamples;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Splits requests of both versions for tests; a boolean says which. */
abstract class RemoteWriteSplitting {
  static final long NOW = 1_790_000_000_000L;
  static final long HOUR = 3_600_000L;

  static final SliceLimits LIMITS =
      new SliceLimits(1_000_000, 40, 256, 2048, 600_000, 24 * HOUR, 128, 65_536);

  static final TenantId TENANT = new TenantId("acme");
  final SeriesCache cache = new SeriesCache(1024);
  final SeriesTenant tenant = SeriesTenantExamples.unbounded(TENANT, cache);

  /** Either splitter, with a cache of its own. */
  static final class Splitter {
    private final SeriesTenant tenant;
    private final RemoteWriteSplitter first;
    private final RemoteWriteV2Splitter second;

    Splitter(int partitions, SliceLimits limits) {
      this(partitions, limits, SeriesLimits.NONE);
    }

    Splitter(int partitions, SliceLimits limits, SeriesLimits seriesLimits) {
      tenant = SeriesTenantExamples.bounded(TENANT, new SeriesCache(64), seriesLimits);
      first = new RemoteWriteSplitter(partitions, limits);
      second = new RemoteWriteV2Splitter(partitions, limits);
    }

    MetricSplit split(boolean isSecond, List<Series> sent) {
      return split(isSecond, isSecond ? secondVersion(sent) : firstVersion(sent));
    }

    MetricSplit split(boolean isSecond, byte[] body) {
      return isSecond
          ? second.split(tenant, body, 0, body.length, NOW)
          : first.split(tenant, body, 0, body.length, NOW);
    }
  }

  static Map<String, String> named(String name, String... labels) {
    Map<String, String> all = new TreeMap<>();
    all.put("__name__", name);
    for (int i = 0; i < labels.length; i += 2) {
      all.put(labels[i], labels[i + 1]);
    }
    return all;
  }

  /**
   * Series as a scrape has them: many labels alike, some not sorted, some long, now and then none.
   */
  static List<Series> random(Random random) {
    List<Series> all = new ArrayList<>();
    int count = random.nextInt(60);
    for (int i = 0; i < count; i++) {
      Map<String, String> labels = new LinkedHashMap<>();
      labels.put("__name__", "metric_" + random.nextInt(4));
      labels.put("instance", "host-" + random.nextInt(3) + ":9100");
      labels.put("job", "node");
      labels.put("number", String.valueOf(i));
      if (random.nextInt(4) == 0) {
        labels.put("path", "/" + "x".repeat(random.nextInt(300)));
      }
      labels.put("team", "team-" + random.nextInt(2));
      labels.put("version", "1.2.3");
      if (random.nextInt(6) == 0) {
        labels.put("zürich", "日本語");
      }
      if (random.nextInt(8) == 0) {
        labels.put("another", "unsorted");
      }
      Sample[] samples = new Sample[random.nextInt(4)];
      for (int s = 0; s < samples.length; s++) {
        samples[s] = Sample.of(random.nextInt(5) == 0 ? 0 : random.nextDouble(), NOW - s * 1000L);
      }
      all.add(series(labels, samples));
    }
    return all;
  }

  static Map<Map<String, String>, List<Sample>> expected(List<Series> sent) {
    Map<Map<String, String>, List<Sample>> all = new HashMap<>();
    for (Series series : sent) {
      if (!series.samples().isEmpty()) {
        all.computeIfAbsent(new TreeMap<>(series.labels()), l -> new ArrayList<>())
            .addAll(series.samples());
      }
    }
    return all;
  }

  static Map<Map<String, String>, List<Sample>> merged(List<Slice> slices) {
    Map<Map<String, String>, List<Sample>> all = new HashMap<>();
    Map<Map<String, String>, Integer> homes = new HashMap<>();
    for (Slice slice : slices) {
      for (Series series : readSecondVersion(slice.value())) {
        Map<String, String> labels = new TreeMap<>(series.labels());
        all.computeIfAbsent(labels, l -> new ArrayList<>()).addAll(series.samples());
        assertThat(homes.merge(labels, slice.partition(), (a, b) -> a.equals(b) ? a : -1))
            .isGreaterThanOrEqualTo(0);
      }
    }
    return all;
  }
}

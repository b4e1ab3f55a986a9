package io.aom.ingest.remotewrite;

import static io.aom.ingest.remotewrite.PrometheusMessages.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pairs of servers that send the same. */
class RemoteWritePairsTest extends RemoteWriteSplitting {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ofAPairOneServerIsTakenAndItsNameIsNotStored(boolean second) {
    Splitter splitter = new Splitter(3, LIMITS);
    List<Series> expected = new ArrayList<>();
    List<Series> a = new ArrayList<>();
    List<Series> b = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String[] labels = {"cluster", "eu", "i", "v".repeat(i * 60 + 1)};
      expected.add(series(named("m", labels), Sample.of(i, NOW), Sample.of(i + 1, NOW + 1)));
      a.add(replica(expected.getLast(), "a"));
      b.add(replica(expected.getLast(), "b"));
    }
    Series alone = series(named("m", "__replica__", "b"), Sample.of(1, NOW));

    // The second time the cache knows the series, each with its replica.
    for (int round = 0; round < 2; round++) {
      MetricSplit taken = splitter.split(second, a);
      assertThat(taken.refusals().total()).isZero();
      assertThat(merged(taken.slices())).isEqualTo(expected(expected));

      MetricSplit left = splitter.split(second, b);
      assertThat(left.slices()).isEmpty();
      assertThat(left.refusals().counts()).isEqualTo(Map.of(RefusalReason.HA_DUPLICATE, 10L));
      assertThat(left.refusals().faults()).isZero();
      assertThat(left.refusals().message()).isEmpty();
    }
    assertThat(merged(splitter.split(second, List.of(alone)).slices()))
        .isEqualTo(expected(List.of(alone)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void morePairsThanThereMayBeAreRefused(boolean second) {
    Splitter splitter = new Splitter(3, LIMITS);
    List<Series> sent =
        Stream.of("eu", "us", "asia")
            .map(cluster -> series(named("m", "cluster", cluster), Sample.of(1, NOW)))
            .map(series -> replica(series, "a"))
            .toList();

    MetricSplit split = splitter.split(second, sent);

    assertThat(split.items()).isEqualTo(2);
    assertThat(split.refusals().counts()).isEqualTo(Map.of(RefusalReason.TOO_MANY_HA_CLUSTERS, 1L));
    assertThat(split.refusals().message()).contains("cluster: asia (expected: at most 2");
  }

  private static Series replica(Series of, String replica) {
    Map<String, String> labels = new TreeMap<>(of.labels());
    labels.put("__replica__", replica);
    return series(labels, of.samples().toArray(Sample[]::new));
  }
}

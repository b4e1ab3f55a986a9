package io.aom.ingest.remotewrite;

import static io.aom.ingest.remotewrite.PrometheusMessages.readSecondVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.remotewrite.PrometheusMessages.Example;
import io.aom.ingest.remotewrite.PrometheusMessages.Meta;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which exemplars are taken, beside samples and without. */
class RemoteWriteExemplarsTest extends RemoteWriteSplitting {
  /** Prometheus gives each exemplar a series of its own in the request. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void exemplarsThatComeApartFromSamplesArePassedOn(boolean second) {
    Series samples = series(named("latency"), Sample.of(1, NOW));
    Series exemplar =
        new Series(
            named("latency"),
            List.of(),
            List.of(),
            List.of(new Example(Map.of("trace_id", "abc"), 0.25, NOW)),
            Meta.NONE);
    Splitter splitter = new Splitter(3, LIMITS);

    for (int time = 0; time < 2; time++) { // new to the cache, and known to it
      MetricSplit split = splitter.split(second, List.of(samples, exemplar));

      assertThat(split.exemplars()).isEqualTo(1);
      assertThat(readSecondVersion(split.slices().getFirst().value()))
          .containsExactly(samples, exemplar);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anExemplarBesideSamplesThatAreRefusedIsLeftOut(boolean second) {
    Series series =
        new Series(
            named("latency"),
            List.of(Sample.of(1, 1)),
            List.of(),
            List.of(new Example(Map.of("trace_id", "abc"), 0.25, NOW)),
            Meta.NONE);

    MetricSplit split = new Splitter(3, LIMITS).split(second, List.of(series));

    assertThat(split.exemplars()).isZero();
    assertThat(split.slices()).isEmpty();
  }

  /** The head would refuse all of the slice for it. */
  @ParameterizedTest
  @CsvSource({"false, -5", "true, -5", "false, 9223372036854775807", "true, 9223372036854775807"})
  void anExemplarOfNoTimeThereCanBeIsRefusedAlone(boolean second, long timeMillis) {
    Series series =
        new Series(
            named("latency"),
            List.of(Sample.of(1, NOW)),
            List.of(),
            List.of(
                new Example(Map.of("trace_id", "a"), 0.25, NOW),
                new Example(Map.of("trace_id", "b"), 0.25, timeMillis)),
            Meta.NONE);

    MetricSplit split = new Splitter(3, LIMITS).split(second, List.of(series));

    assertThat(split.samples()).isEqualTo(1);
    assertThat(split.exemplars()).isEqualTo(1);
    assertThat(split.refusals().total()).isEqualTo(1);
    assertThat(split.refusals().faults()).isZero();
    assertThat(readSecondVersion(split.slices().getFirst().value()).getFirst().exemplars())
        .containsExactly(series.exemplars().getFirst());
  }
}

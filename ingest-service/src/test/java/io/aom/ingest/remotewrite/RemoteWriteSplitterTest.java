package io.aom.ingest.remotewrite;

import static io.aom.ingest.remotewrite.PrometheusMessages.readSecondVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.ingest.intake.Slice;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.remotewrite.PrometheusMessages.Example;
import io.aom.ingest.remotewrite.PrometheusMessages.Meta;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.remotewrite.StaleMarker;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both versions against protobuf-java; a boolean says which. */
class RemoteWriteSplitterTest extends RemoteWriteSplitting {
  @Property(tries = 200)
  void everySeriesArrivesOnceWithItsLabelsSortedAndItsSamplesUntouched(
      @ForAll long seed,
      @ForAll boolean second,
      @ForAll @IntRange(min = 1, max = 9) int partitions) {
    List<Series> sent = random(new Random(seed));
    Splitter splitter = new Splitter(partitions, LIMITS);

    MetricSplit split = splitter.split(second, sent);
    MetricSplit again = splitter.split(second, sent);
    MetricSplit elsewhere = new Splitter(partitions, LIMITS).split(second, sent);

    assertThat(split.refusals().message()).isEmpty();
    assertThat(merged(split.slices())).isEqualTo(expected(sent));
    assertThat(split.items()).isEqualTo(sent.stream().mapToInt(s -> s.samples().size()).sum());
    assertThat(split.slices().stream().mapToInt(Slice::items).sum()).isEqualTo(split.items());
    assertThat(values(again)).isEqualTo(values(split));
    assertThat(values(elsewhere)).isEqualTo(values(split));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSeriesGoesToOnePartitionWhateverTheOrderOfItsLabelsOrTheVersion(boolean second) {
    Map<String, String> sorted = new TreeMap<>(Map.of("__name__", "up", "a", "1", "b", "2"));
    Map<String, String> reversed = new TreeMap<>(java.util.Comparator.reverseOrder());
    reversed.putAll(sorted);
    Splitter splitter = new Splitter(64, LIMITS);

    MetricSplit one = splitter.split(second, List.of(series(sorted, Sample.of(1, NOW))));
    MetricSplit other = splitter.split(!second, List.of(series(reversed, Sample.of(1, NOW))));

    assertThat(other.slices().getFirst().partition())
        .isEqualTo(one.slices().getFirst().partition());
    assertThat(readSecondVersion(other.slices().getFirst().value()).getFirst().labels().keySet())
        .containsExactly("__name__", "a", "b");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void labelsAlikeInTheSeriesBeforeAreNotConfused(boolean second) {
    List<Series> sent =
        Stream.of(
                named("a", "b", "1", "c", "2"),
                named("moved", "b", "1", "c", "2"),
                named("moved", "b", "1"),
                named("a", "b", "1", "c", "2", "d", "3"),
                named("a", "b", "1", "c", "2", "d", "4"),
                named("one_more", "b", "1", "c", "2", "d", "4", "e", "5"),
                named("one_more", "b", "7", "c", "2", "d", "4", "e", "5"),
                named("o", "b", "1", "c", "2", "e", "5"))
            .map(labels -> series(labels, Sample.of(labels.size(), NOW)))
            .toList();
    Splitter splitter = new Splitter(3, LIMITS);

    assertThat(merged(splitter.split(second, sent).slices())).isEqualTo(expected(sent));
    assertThat(merged(splitter.split(second, sent).slices())).isEqualTo(expected(sent));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void staleMarkersKeepTheirBits(boolean second) {
    Sample stale = new Sample(StaleMarker.BITS, NOW, 0);
    Sample otherNan = new Sample(0x7FF8000000000001L, NOW + 1, 0);

    MetricSplit split =
        new Splitter(1, LIMITS).split(second, List.of(series(named("up"), stale, otherNan)));

    assertThat(readSecondVersion(split.slices().getFirst().value()).getFirst().samples())
        .containsExactly(stale, otherNan);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void histogramsAndExemplarsArePassedOn(boolean second) {
    Example example = new Example(Map.of("trace_id", "abc"), 0.25, NOW);
    Series histogram =
        new Series(
            named("latency"),
            List.of(),
            List.of(PrometheusMessages.histogram(NOW)),
            List.of(example),
            Meta.NONE);

    MetricSplit split = new Splitter(3, LIMITS).split(second, List.of(histogram));

    assertThat(split.histograms()).isEqualTo(1);
    assertThat(split.exemplars()).isEqualTo(1);
    assertThat(split.slices()).hasSize(1);
    assertThat(readSecondVersion(split.slices().getFirst().value())).containsExactly(histogram);
  }

  /**
   * Texts that many series share are in each slice again: 400 KB here, and in each slice of 70 KB
   * the few series that fit.
   */
  @Test
  void slicesThatTakeFarMoreThanTheRequestArePaidForBeforeTheyAreMade() {
    SliceLimits small = new SliceLimits(70_000, 40, 256, 2048, 600_000, 24 * HOUR, 128, 65_536);
    ProtoWriter body = new ProtoWriter(1 << 20);
    body.string(4, "").string(4, "__name__").string(4, "m");
    for (int i = 0; i < 20; i++) {
      body.string(4, "l" + i);
    }
    for (int i = 0; i < 100; i++) {
      body.string(4, i + "v".repeat(2000));
    }
    for (int i = 0; i < 2000; i++) {
      int series = body.begin(5);
      int[] refs = new int[42];
      refs[0] = 1;
      refs[1] = 2;
      for (int label = 0; label < 20; label++) {
        refs[2 + 2 * label] = 3 + label;
        refs[3 + 2 * label] = 23 + (i * 37 + label * 13) % 100;
      }
      body.packedVarints(1, refs, refs.length);
      int sample = body.begin(2);
      body.float64(1, i).varint(2, NOW);
      body.end(sample);
      body.end(series);
    }
    byte[] request = body.toByteArray();
    AtomicLong left = new AtomicLong(10_000_000);

    assertThatThrownBy(
            () ->
                new RemoteWriteV2Splitter(2, small)
                    .split(
                        tenant,
                        request,
                        0,
                        request.length,
                        NOW,
                        bytes -> {
                          if (left.addAndGet(-bytes) < 0) {
                            throw new RejectedException(Problem.TOO_LARGE, "no room");
                          }
                        }))
        .isInstanceOf(RejectedException.class);
    assertThat(request.length).isLessThan(400_000);
    assertThat(left.get()).isBetween(-70_000L, 0L);
  }

  @Test
  void metadataOfTheFirstVersionBecomesASeriesWithoutSamples() {
    byte[] body = PrometheusMessages.metadata("http_requests_total", 1, "Requests.", "requests");

    MetricSplit split = new RemoteWriteSplitter(4, LIMITS).split(tenant, body, 0, body.length, NOW);

    assertThat(split.items()).isZero();
    assertThat(readSecondVersion(split.slices().getFirst().value()))
        .containsExactly(
            new Series(
                named("http_requests_total"),
                List.of(),
                List.of(),
                List.of(),
                new Meta(1, "Requests.", "requests")));
  }

  @Test
  void metadataAndStartTimesOfTheSecondVersionArePassedOn() {
    Series counter =
        new Series(
            named("http_requests_total"),
            List.of(new Sample(Double.doubleToRawLongBits(3), NOW, NOW - HOUR)),
            List.of(),
            List.of(),
            new Meta(1, "Requests.", ""));

    MetricSplit split = new Splitter(4, LIMITS).split(true, List.of(counter));

    assertThat(readSecondVersion(split.slices().getFirst().value())).containsExactly(counter);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void valuesThatAreNoNumbersAreTakenToTheBit(boolean second) {
    List<Series> sent =
        List.of(
            series(
                named("odd"),
                Sample.of(Double.NaN, NOW),
                Sample.of(Double.POSITIVE_INFINITY, NOW + 1),
                Sample.of(Double.NEGATIVE_INFINITY, NOW + 2),
                Sample.of(-0.0, NOW + 3),
                Sample.of(Double.MIN_VALUE, NOW + 4)));

    MetricSplit split = new Splitter(2, LIMITS).split(second, sent);

    assertThat(split.refusals().total()).isZero();
    assertThat(merged(split.slices())).isEqualTo(expected(sent));
  }

  @Test
  void labelsWithoutAValueAreLeftOut() {
    MetricSplit split =
        new Splitter(2, LIMITS)
            .split(false, List.of(series(named("x", "empty", "", "z", "1"), Sample.of(1, NOW))));

    assertThat(merged(split.slices()).keySet()).containsExactly(named("x", "z", "1"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void slicesStayWithinTheirBoundEvenForOneLongSeries(boolean second) {
    SliceLimits small = new SliceLimits(70_000, 40, 256, 2048, 600_000, 24 * HOUR, 128, 65_536);
    Sample[] samples = new Sample[20_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Sample.of(i * 1.5, NOW - i);
    }
    List<Series> sent = new ArrayList<>();
    sent.add(series(named("long"), samples));
    for (int i = 0; i < 3000; i++) {
      sent.add(series(named("short", "i", String.valueOf(i)), Sample.of(i, NOW)));
    }

    MetricSplit split = new Splitter(2, small).split(second, sent);

    assertThat(split.slices()).hasSizeGreaterThan(5);
    assertThat(split.slices()).allMatch(slice -> slice.value().length <= 70_000);
    assertThat(split.slices().stream().map(s -> s.partition() + "/" + s.ordinal()))
        .doesNotHaveDuplicates();
    assertThat(merged(split.slices())).isEqualTo(expected(sent));
  }

  private static List<List<Byte>> values(MetricSplit split) {
    List<List<Byte>> all = new ArrayList<>();
    for (Slice slice : split.slices()) {
      List<Byte> value = new ArrayList<>();
      for (byte b : slice.value()) {
        value.add(b);
      }
      all.add(value);
    }
    return all;
  }
}

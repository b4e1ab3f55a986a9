package io.aom.ingest.remotewrite;

import static io.aom.ingest.remotewrite.PrometheusMessages.firstVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.readSecondVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.secondVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.remotewrite.PrometheusMessages.Example;
import io.aom.ingest.remotewrite.PrometheusMessages.Meta;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesLimits;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenantExamples;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.remotewrite.StaleMarker;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both versions against protobuf-java; a boolean says which. */
class RemoteWriteSplitterTest {
  private static final long NOW = 1_790_000_000_000L;
  private static final long HOUR = 3_600_000L;
  private static final SliceLimits LIMITS =
      new SliceLimits(1_000_000, 40, 256, 2048, 600_000, 24 * HOUR, 128, 65_536);
  private static final TenantId TENANT = new TenantId("acme");

  private final SeriesCache cache = new SeriesCache(1024);
  private final SeriesTenant tenant = SeriesTenantExamples.unbounded(TENANT, cache);

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

  /** The symbols, and the beginning of a series of that name. */
  private static int beginLatency(ProtoWriter body) {
    for (String symbol : List.of("", "__name__", "latency")) {
      body.string(4, symbol);
    }
    int series = body.begin(5);
    body.packedVarints(1, new int[] {1, 2}, 2);
    return series;
  }

  /** Queries would fail on them for as long as they are stored. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spans that go back         | 3   | 0 1 -1 1           |          | histogram spans: not in order
          a zero bucket of no width  | 3   | 0 2                |          | histogram zero threshold: NaN (expected: 0 or more)
          a span beyond 32 bits      | 3   | 2147483647 2       |          | histogram spans: not in order
          a length beyond all        | 3   | 0 4294967295       |          | histogram buckets: 2 (expected: as many as the spans say
          custom buckets, no bounds  | -53 | 0 2                |          | histogram bounds: 0 for buckets up to 2
          bounds that fall           | -53 | 0 2                | 2 1      | histogram bounds: 2 for buckets up to 2
          a bound that is no number  | -53 | 0 2                | 1 NaN    | histogram bounds: 2 for buckets up to 2
          a bound that has no end    | -53 | 0 2                | 1 Infinity | histogram bounds: 2 for buckets up to 2
          a bucket before the first  | -53 | -1 2               | 1 2      | histogram bounds: 2 for buckets up to 1
          bounds without their schema | 3  | 0 2                | 1 2      | histogram bounds: with schema 3 (expected: only with -53)
          """)
  void nativeHistogramsThatCannotBeReadBackAreRefused(
      String fault, int schema, String spans, String bounds, String message) {
    ProtoWriter body = new ProtoWriter(256);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.varint(1, 2).float64(3, 1).sint(4, schema).varint(15, NOW);
    body.float64(5, fault.startsWith("a zero bucket") ? Double.NaN : 0.001);
    String[] numbers = spans.split(" ");
    for (int i = 0; i < numbers.length; i += 2) {
      int span = body.begin(11);
      body.sint(1, Long.parseLong(numbers[i])).varint(2, Long.parseLong(numbers[i + 1]));
      body.end(span);
    }
    int deltas = body.begin(12);
    body.packedVarint(2);
    body.packedVarint(0);
    body.end(deltas);
    if (bounds != null) {
      int custom = body.begin(16);
      for (String bound : bounds.split(" ")) {
        body.packedFixed64(Double.doubleToRawLongBits(Double.parseDouble(bound)));
      }
      body.end(custom);
    }
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.histograms()).isZero();
    assertThat(split.refusals().counts())
        .containsExactly(Map.entry(RefusalReason.INVALID_HISTOGRAM, 1L));
    assertThat(split.refusals().message()).contains(message);
  }

  /** Prometheus refuses the same; a count below 0 would go on into every rate and quantile. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          all in buckets        | false | 6  | 12.5 | 1 | 2 1    |
          fewer than buckets    | false | 5  | 12.5 | 1 | 2 1    | histogram count: 5 (expected: that of all buckets, 6)
          more than buckets     | false | 7  | 12.5 | 1 | 2 1    | histogram count: 7 (expected: that of all buckets, 6)
          some are no number    | false | 7  | NaN  | 1 | 2 1    |
          too few, no number    | false | 5  | NaN  | 1 | 2 1    | histogram count: 5 (expected: that of all buckets, 6)
          deltas below 0        | false | 2  | 12.5 | 0 | 3 -4   | histogram counts: one below 0
          deltas that overflow  | false | 1  | 12.5 | 0 | 9223372036854775807 1 | histogram counts: one below 0
          a count below 0       | false | -1 | 12.5 | 1 | 2 1    | histogram count: 18446744073709551615 (expected: that of all buckets, 6)
          floats                | true  | 5  | 12.5 | 1 | 2 1    |
          floats, NaN           | true  | 5  | 12.5 | 1 | 2 NaN  |
          floats below 0        | true  | -5 | 12.5 | 1 | 2 1    | histogram counts: one below 0
          a bucket below 0      | true  | 5  | 12.5 | 1 | 2 -1   | histogram counts: one below 0
          zero bucket below 0   | true  | 5  | 12.5 | -1 | 2 1   | histogram counts: one below 0
          """)
  void countsOfNativeHistogramsAreNotBelowZeroAndAddUp(
      String situation,
      boolean floats,
      long count,
      double sum,
      long zeroCount,
      String buckets,
      String fault) {
    ProtoWriter body = new ProtoWriter(256);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.float64(3, sum).sint(4, 3).varint(15, NOW);
    int span = body.begin(11);
    body.varint(2, 2);
    body.end(span);
    if (floats) {
      body.float64(2, count).float64(7, zeroCount);
    } else {
      body.varint(1, count).varint(6, zeroCount);
    }
    for (String bucket : buckets.split(" ")) {
      if (floats) {
        body.float64(13, Double.parseDouble(bucket));
      } else {
        body.sint(12, Long.parseLong(bucket));
      }
    }
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.histograms()).isEqualTo(fault == null ? 1 : 0);
    assertThat(split.refusals().total()).isEqualTo(fault == null ? 0 : 1);
    assertThat(split.refusals().message()).contains(fault == null ? "" : fault);
  }

  @Test
  void countsOfNativeHistogramsAreOfOneKind() {
    ProtoWriter body = new ProtoWriter(256);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.varint(1, 2).float64(3, 1).sint(4, 3).varint(15, NOW);
    int span = body.begin(11);
    body.varint(2, 1);
    body.end(span);
    body.float64(13, 2);
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.refusals().message()).contains("histogram counts: integers and floats");
  }

  /** A reader stops at so many: queries would fail on it for as long as it is stored. */
  @Test
  void moreBucketsThanAReaderTakesAreRefused() {
    ProtoWriter body = new ProtoWriter(1 << 18);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.float64(3, 1).sint(4, 3).varint(15, NOW);
    int span = body.begin(11);
    body.varint(2, 65_537);
    body.end(span);
    int deltas = body.begin(12);
    for (int i = 0; i < 65_537; i++) {
      body.packedVarint(0);
    }
    body.end(deltas);
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.refusals().message())
        .contains("histogram buckets: 65537 (expected: at most 65536 of one sign)");
  }

  /** As the wire format has it: packed fields may come in pieces, or not packed. */
  @Test
  void boundsOfCustomBucketsMayComeOneByOne() {
    ProtoWriter body = new ProtoWriter(256);
    int series = beginLatency(body);
    int histogram = body.begin(3);
    body.varint(1, 3).float64(3, 1).sint(4, -53).varint(15, NOW);
    int span = body.begin(11);
    body.varint(2, 3);
    body.end(span);
    body.sint(12, 1).sint(12, 0).sint(12, 0);
    body.float64(16, 1).float64(16, 2);
    body.end(histogram);
    body.end(series);

    MetricSplit split = new Splitter(3, LIMITS).split(true, body.toByteArray());

    assertThat(split.histograms()).isEqualTo(1);
    assertThat(split.refusals().counts()).isEmpty();
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
  void whatCannotBeTakenIsRefusedByReasonAndTheRestIsTaken(boolean second) {
    Map<String, String> many = named("many");
    for (int i = 0; i < 40; i++) {
      many.put("label%02d".formatted(i), "v");
    }
    Map<String, Series> bad = new LinkedHashMap<>();
    bad.put("missing_metric_name", series(Map.of("a", "b"), Sample.of(1, NOW)));
    bad.put("too_many_labels", series(many, Sample.of(1, NOW), Sample.of(2, NOW + 1)));
    bad.put("label_name_too_long", series(named("n", "x".repeat(257), "v"), Sample.of(1, NOW)));
    bad.put("label_value_too_long", series(named("v", "x", "v".repeat(2049)), Sample.of(1, NOW)));
    bad.put("invalid_label", series(named("e", "", "v"), Sample.of(1, NOW)));
    bad.put("too_far_in_future", series(named("f"), Sample.of(1, NOW + 600_001)));
    bad.put("too_old", series(named("o"), Sample.of(1, NOW - 24 * HOUR - 1)));
    List<Series> all = new ArrayList<>(bad.values());
    all.add(series(named("good"), Sample.of(1, NOW + 600_000), Sample.of(2, NOW - 24 * HOUR)));

    MetricSplit split = new Splitter(4, LIMITS).split(second, all);

    Map<String, Long> counts = new HashMap<>();
    split.refusals().counts().forEach((reason, count) -> counts.put(reason.label(), count));
    assertThat(counts.keySet()).isEqualTo(bad.keySet());
    assertThat(counts).containsEntry("too_many_labels", 2L).containsEntry("too_old", 1L);
    assertThat(split.samples()).isEqualTo(2);
    assertThat(merged(split.slices()).keySet()).containsExactly(named("good"));
    assertThat(split.refusals().message()).contains("41 (expected: at most 40)", "in many");
  }

  @ParameterizedTest(name = "{1}, second version: {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          false | seconds      | 1790000000          | too_old           | this looks like seconds
          true  | seconds      | 1790000000          | too_old           | this looks like seconds
          false | microseconds | 1790000000000000    | too_far_in_future | this looks like microseconds
          true  | microseconds | 1790000000000000    | too_far_in_future | this looks like microseconds
          false | not set      | 0                   | too_old           | the time seems not to be set
          true  | not set      | 0                   | too_old           | the time seems not to be set
          false | before 1970  | -1                  | too_old           | expected: at least
          true  | before 1970  | -1                  | too_old           | expected: at least
          false | the last one | 9223372036854775807 | too_far_in_future | expected: at most
          true  | the last one | 9223372036854775807 | too_far_in_future | expected: at most
          """)
  void timesInAnotherUnitAreNamedAndTheRestIsTaken(
      boolean second, String mistake, long timeMillis, String reason, String message) {
    Series before = series(named("before"), Sample.of(1, NOW));
    Series after = series(named("after"), Sample.of(2, NOW));
    Series wrong = series(named("wrong"), Sample.of(1, timeMillis));

    MetricSplit split = new Splitter(3, LIMITS).split(second, List.of(before, wrong, after));

    assertThat(split.refusals().message()).startsWith(reason + ": 1 refused").contains(message);
    assertThat(merged(split.slices())).isEqualTo(expected(List.of(before, after)));
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
  void aLabelTwiceIsRefused() {
    byte[] body =
        concat(
            PrometheusMessages.firstVersion(
                List.of(series(named("x", "a", "1"), Sample.of(1, NOW)))),
            // The same series once more, its label a written twice.
            duplicated());

    MetricSplit split = new RemoteWriteSplitter(2, LIMITS).split(tenant, body, 0, body.length, NOW);

    assertThat(split.refusals().counts()).containsOnlyKeys(RefusalReason.DUPLICATE_LABEL);
    assertThat(split.samples()).isEqualTo(1);
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

  @Property(tries = 500)
  void anyBytesAreSplitOrRefusedAsMalformed(@ForAll byte[] garbage, @ForAll boolean second) {
    try {
      MetricSplit split = new Splitter(2, LIMITS).split(second, garbage);
      split.slices().forEach(slice -> readSecondVersion(slice.value()));
    } catch (MalformedWireException expected) {
      assertThat(expected).hasMessageMatching("(byte|symbols).*");
    }
  }

  @Property(tries = 500)
  void aRequestWithOneByteChangedIsSplitOrRefused(
      @ForAll long seed,
      @ForAll boolean second,
      @ForAll @IntRange(min = 0, max = 100_000) int at,
      @ForAll byte value) {
    List<Series> sent = random(new Random(seed));
    byte[] body = second ? secondVersion(sent) : firstVersion(sent);
    if (body.length > 0) {
      body[at % body.length] = value;
    }
    anyBytesAreSplitOrRefusedAsMalformed(body, second);
  }

  @Test
  void aMillionEmptyLabelsAreRefusedWithoutGrowing() {
    byte[] labels = new byte[2_000_000];
    for (int i = 0; i < labels.length; i += 2) {
      labels[i] = 0x0A;
    }
    io.aom.telemetry.wire.ProtoWriter writer = new io.aom.telemetry.wire.ProtoWriter(16);
    writer.bytes(1, labels, 0, labels.length);
    byte[] body = writer.toByteArray();

    MetricSplit split = new RemoteWriteSplitter(2, LIMITS).split(tenant, body, 0, body.length, NOW);

    assertThat(split.slices()).isEmpty();
    assertThat(split.refusals().counts()).containsOnlyKeys(RefusalReason.TOO_MANY_LABELS);
  }

  @Test
  void aTruncatedRequestIsMalformed() {
    byte[] body = firstVersion(List.of(series(named("x"), Sample.of(1, NOW))));

    assertThatThrownBy(
            () -> new RemoteWriteSplitter(2, LIMITS).split(tenant, body, 0, body.length - 1, NOW))
        .isInstanceOf(MalformedWireException.class);
  }

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

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void beyondTheLimitNewSeriesAreRefusedAndKnownOnesFlowOn(boolean second) {
    Splitter splitter = new Splitter(3, LIMITS, new SeriesLimits(2, 0));
    List<Series> known =
        List.of(
            series(named("a"), Sample.of(1, NOW)),
            series(named("b"), Sample.of(1, NOW), Sample.of(2, NOW + 1)));
    List<Series> more = new ArrayList<>(known);
    more.add(1, series(named("new"), Sample.of(1, NOW), Sample.of(2, NOW + 1)));

    assertThat(splitter.split(second, known).refusals().total()).isZero();
    for (int round = 0; round < 2; round++) {
      MetricSplit split = splitter.split(second, more);
      assertThat(merged(split.slices())).isEqualTo(expected(known));
      assertThat(split.refusals().counts())
          .isEqualTo(Map.of(RefusalReason.TOO_MANY_ACTIVE_SERIES, 2L));
      assertThat(split.refusals().message())
          .contains("too_many_active_series: 2 refused")
          .contains("more than 2 active ones")
          .contains("in new");
    }
  }

  private static Series replica(Series of, String replica) {
    Map<String, String> labels = new TreeMap<>(of.labels());
    labels.put("__replica__", replica);
    return series(labels, of.samples().toArray(Sample[]::new));
  }

  /** Either splitter, with a cache of its own. */
  private static final class Splitter {
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

  private static Map<String, String> named(String name, String... labels) {
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
  private static List<Series> random(Random random) {
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

  private static Map<Map<String, String>, List<Sample>> expected(List<Series> sent) {
    Map<Map<String, String>, List<Sample>> all = new HashMap<>();
    for (Series series : sent) {
      if (!series.samples().isEmpty()) {
        all.computeIfAbsent(new TreeMap<>(series.labels()), l -> new ArrayList<>())
            .addAll(series.samples());
      }
    }
    return all;
  }

  private static Map<Map<String, String>, List<Sample>> merged(List<Slice> slices) {
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

  private static byte[] duplicated() {
    io.aom.telemetry.wire.ProtoWriter writer = new io.aom.telemetry.wire.ProtoWriter(64);
    int one = writer.begin(1);
    for (String[] label : new String[][] {{"__name__", "x"}, {"a", "1"}, {"a", "1"}}) {
      int at = writer.begin(1);
      writer.string(1, label[0]).string(2, label[1]);
      writer.end(at);
    }
    int sample = writer.begin(2);
    writer.float64(1, 1).varint(2, NOW);
    writer.end(sample);
    writer.end(one);
    return writer.toByteArray();
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}

package io.aom.metrics.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.query.SelectedSeries;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.LabelMatcher.Kind;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import io.aom.metrics.series.StaleMarker;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsSegmentTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final Labels UP_A = Labels.of("__name__", "up", "instance", "a", "job", "node");
  private static final Labels UP_B = Labels.of("__name__", "up", "instance", "b", "job", "node");
  private static final Labels LOAD = Labels.of("__name__", "load1", "instance", "a");

  private final HeadStatistics statistics = new HeadStatistics();
  private final MetricsSegment segment = new MetricsSegment(statistics, null);

  private int append(RemoteWrite request) throws MalformedRecordException {
    return append(ACME, request.toByteArray());
  }

  private int append(TenantId tenant, byte[] request) throws MalformedRecordException {
    return segment.append(new HeadRecord(tenant, request, -1, 0, 0));
  }

  private List<Series> select(LabelMatcher... matchers) {
    return select(List.of(matchers), -1, Long.MAX_VALUE, false);
  }

  private List<Series> select(
      List<LabelMatcher> matchers, long afterMillis, long untilMillis, boolean newestOnly) {
    SelectedSeries selected = new SelectedSeries(decoded -> {});
    selected.add(segment.select(ACME, matchers, afterMillis, untilMillis, newestOnly));
    List<Series> all = new ArrayList<>();
    for (int i = 0; i < selected.size(); i++) {
      SampleColumns samples = selected.samples(i).copy();
      if (!samples.isEmpty()) {
        all.add(new Series(selected.labels(i), samples));
      }
    }
    return all;
  }

  private SampleColumns samples(Labels labels) {
    return select(LabelMatcher.equal("__name__", labels.metricName())).stream()
        .filter(series -> series.labels().equals(labels))
        .findFirst()
        .orElseThrow()
        .samples();
  }

  @Test
  void findsWhatWasAppended() throws Exception {
    assertThat(append(new RemoteWrite().series(UP_A, 1000, 1, 2000, 0).series(UP_B, 1500, 1)))
        .isEqualTo(3);
    append(new RemoteWrite().series(UP_A, 3000, 1));

    assertThat(samples(UP_A)).hasToString("[1000 1.0, 2000 0.0, 3000 1.0]");
    assertThat(samples(UP_B)).hasToString("[1500 1.0]");
    assertThat(segment.rows()).isEqualTo(4);
    assertThat(segment.seriesCount()).isEqualTo(2);
    assertThat(segment.sizeBytes()).isPositive();
  }

  /** Prometheus gives each exemplar a series of its own in a request, without samples. */
  @Test
  void keepsExemplarsThatComeApartFromSamples() throws Exception {
    append(
        new RemoteWrite()
            .series(UP_A, 1000, 1)
            .exemplarAlone(UP_A, 1000, "trace_id", "same record"));
    append(
        new RemoteWrite()
            .exemplarAlone(UP_A, 2000, "trace_id", "later")
            .exemplarAlone(UP_B, 2000, "trace_id", "of nothing"));

    assertThat(segment.exemplars(ACME, List.of(List.of()), 0, 5000))
        .singleElement()
        .satisfies(
            one ->
                assertThat(one.exemplars())
                    .extracting(exemplar -> exemplar.labels().get("trace_id"))
                    .containsExactly("same record", "later"));
    assertThat(statistics.strayExemplars()).isZero(); // its first sample may still come
    assertThat(segment.seriesCount()).isEqualTo(1);
    segment.carry();
    assertThat(statistics.strayExemplars()).isEqualTo(1);
  }

  /** An older segment knows the series; this one has just begun. */
  @Test
  void keepsExemplarsThatComeBeforeTheFirstSample() throws Exception {
    append(
        new RemoteWrite()
            .exemplarAlone(UP_A, 1000, "trace_id", "one")
            .exemplarAlone(UP_A, 1500, "trace_id", "two"));
    assertThat(segment.exemplars(ACME, List.of(List.of()), 0, 5000)).isEmpty();

    append(new RemoteWrite().series(UP_B, 2000, 1).series(UP_A, 2000, 1));
    append(new RemoteWrite().exemplarAlone(UP_A, 2500, "trace_id", "three"));
    segment.carry();

    assertThat(segment.exemplars(ACME, List.of(List.of()), 0, 5000))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.labels()).isEqualTo(UP_A);
              assertThat(one.exemplars())
                  .extracting(exemplar -> exemplar.labels().get("trace_id"))
                  .containsExactly("one", "two", "three");
            });
    assertThat(statistics.strayExemplars()).isZero();
  }

  @Test
  void labelsOfSeriesWhoseExemplarsWaitAreBoundedAndCounted() throws Exception {
    for (int i = 0; i < 100; i++) {
      RemoteWrite request = new RemoteWrite();
      String longText = (i + ".").repeat(20_000);
      request.exemplarAlone(Labels.of("__name__", "m", "i", longText), 1000, "id", "x");
      append(request);
    }

    assertThat(statistics.strayExemplars()).isBetween(1L, 99L);
    assertThat(segment.sizeBytes()).isBetween(3L << 20, 6L << 20);
  }

  @Test
  void exemplarsThatWaitAreBounded() throws Exception {
    for (int i = 0; i < 5; i++) {
      RemoteWrite request = new RemoteWrite();
      for (int j = 0; j < 1000; j++) {
        request.exemplarAlone(Labels.of("__name__", "m", "i", i + "." + j), 1000, "id", "x");
      }
      append(request);
    }

    assertThat(statistics.strayExemplars()).isEqualTo(5000 - WaitingExemplars.MAX);
    segment.carry();
    assertThat(statistics.strayExemplars()).isEqualTo(5000);
    assertThat(segment.sizeBytes()).isBetween(1_000_000L, 3_000_000L);
  }

  @Test
  void metadataWithoutSamplesIsBounded() throws Exception {
    String help = "h".repeat(2000);
    for (int i = 0; i < 40; i++) {
      RemoteWrite request = new RemoteWrite();
      for (int j = 0; j < 100; j++) {
        request.metadata("metric_" + i + "_" + j, help);
      }
      append(request);
    }

    int kept = segment.metadata(ACME).size();
    assertThat(kept).isBetween(2000, 2200);
    assertThat(statistics.metadataLeftOut()).isEqualTo(4000 - kept);
    assertThat(segment.sizeBytes()).isBetween(8_000_000L, 10_000_000L);
  }

  @Test
  void lateSamplesAndStartsCountInItsSize() throws Exception {
    append(new RemoteWrite().series(UP_A, 10_000_000, 1));
    long before = segment.sizeBytes();
    double[] late = new double[2 * 10_000];
    double[] started = new double[3 * 10_000];
    for (int i = 0; i < 10_000; i++) {
      late[2 * i] = i;
      started[3 * i] = i;
      started[3 * i + 2] = 1 + i % 7;
    }

    append(new RemoteWrite().series(UP_A, late));
    long afterLate = segment.sizeBytes();
    append(new RemoteWrite().started(UP_B, started));

    assertThat(afterLate - before).isGreaterThan(240_000);
    assertThat(segment.sizeBytes() - afterLate).isGreaterThan(120_000);
  }

  @Test
  void theLastOfSeveralSamplesAtOneTimeCountsAlsoIfItIsTheFirstOneAgain() throws Exception {
    append(new RemoteWrite().series(UP_A, 1000, 1).series(UP_A, 1000, 2));
    assertThat(samples(UP_A)).hasToString("[1000 2.0]");
    append(new RemoteWrite().series(UP_A, 1000, 1));
    assertThat(samples(UP_A)).hasToString("[1000 1.0]");
  }

  @Test
  void keepsWhenCountersStarted() throws Exception {
    Labels delta = Labels.of("__name__", "delta");
    Labels early = Labels.of("__name__", "early");
    append(
        new RemoteWrite()
            .started(UP_A, 1000, 1, 500, 2000, 2, 500, 3000, 1, 2500)
            .started(delta, 1000, 4, 900, 2000, 4, 1000, 3000, 4, 2000)
            .created(700, early, 1000, 1, 0, 2000, 2, 1500));
    append(new RemoteWrite().started(UP_A, 1500, 9, 800).started(UP_B, 1000, 1, 0));

    assertThat(starts(UP_A)).containsExactly(500, 800, 500, 2500);
    assertThat(starts(delta)).containsExactly(900, 1000, 2000);
    assertThat(starts(early)).containsExactly(700, 1500);
    assertThat(samples(UP_B).hasStarts()).isFalse();
    assertThat(select(List.of(), 1000, 2500, false))
        .filteredOn(series -> series.labels().equals(delta))
        .allSatisfy(series -> assertThat(series.samples().start(0)).isEqualTo(1000));
    assertThat(select(List.of(), -1, 5000, true))
        .filteredOn(series -> series.labels().equals(delta))
        .allSatisfy(series -> assertThat(series.samples().start(0)).isEqualTo(2000));
  }

  private long[] starts(Labels labels) {
    SampleColumns samples = samples(labels);
    return IntStream.range(0, samples.size()).mapToLong(samples::start).toArray();
  }

  @Test
  void keepsTenantsApart() throws Exception {
    append(new RemoteWrite().series(UP_A, 1, 1));
    append(new TenantId("other"), new RemoteWrite().series(UP_A, 2, 2).toByteArray());

    assertThat(samples(UP_A)).hasToString("[1 1.0]");
    assertThat(segment.tenants()).containsExactly(ACME, new TenantId("other"));
  }

  @ParameterizedTest(name = "{0}{1}{2} finds {3}")
  @CsvSource({
    "instance,=,a,load1 up",
    "instance,!=,a,up",
    "instance,=~,a|b,load1 up up",
    "instance,=~,[ab],load1 up up",
    "instance,!~,a,up",
    "job,=,'',load1",
    "job,!=,'',up up",
    "job,=~,n.*,up up",
    "job,=~,.+,up up",
    "job,=~,.*,load1 up up",
    "nobody,=,x,''",
    "nobody,!=,x,load1 up up",
    "instance,=~,c|d,''",
  })
  void selectsByMatchers(String label, String sign, String value, String names) throws Exception {
    append(new RemoteWrite().series(UP_A, 1, 1).series(UP_B, 1, 1).series(LOAD, 1, 1));
    Kind kind = null;
    for (Kind candidate : Kind.values()) {
      kind = candidate.sign().equals(sign) ? candidate : kind;
    }

    List<String> found =
        select(new LabelMatcher(kind, label, value)).stream()
            .map(series -> series.labels().metricName())
            .sorted()
            .toList();

    assertThat(String.join(" ", found)).isEqualTo(names);
  }

  @Test
  void takesSamplesThatComeLateAndLetsTheLastWriteWin() throws Exception {
    append(new RemoteWrite().series(UP_A, 5000, 5, 1000, 1, 3000, 3));
    append(new RemoteWrite().series(UP_A, 3000, 33, 5000, 55));

    assertThat(samples(UP_A)).hasToString("[1000 1.0, 3000 33.0, 5000 55.0]");
  }

  @Test
  void keepsARepeatedSampleOnce() throws Exception {
    byte[] request = new RemoteWrite().series(UP_A, 1000, 1).toByteArray();
    append(ACME, request);

    assertThat(append(ACME, request)).isEqualTo(1);
    assertThat(statistics.repeatedSamples()).isEqualTo(1);
    assertThat(statistics.samples()).isEqualTo(1);
    assertThat(statistics.newSeries()).isEqualTo(1);
    assertThat(samples(UP_A)).hasToString("[1000 1.0]");
    assertThat(segment.rows()).isEqualTo(1);
  }

  @Test
  void keepsStaleMarkersAndNanPayloadsToTheBit() throws Exception {
    double strange = Double.longBitsToDouble(0x7ff8dead_beef0001L);
    append(
        new RemoteWrite()
            .series(UP_A, 1, StaleMarker.VALUE, 2, strange, 3, Double.NEGATIVE_INFINITY, 4, -0.0));

    SampleColumns samples = samples(UP_A);

    assertThat(Double.doubleToRawLongBits(samples.value(0))).isEqualTo(StaleMarker.BITS);
    assertThat(Double.doubleToRawLongBits(samples.value(1))).isEqualTo(0x7ff8dead_beef0001L);
    assertThat(samples.value(2)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Double.doubleToRawLongBits(samples.value(3))).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void seesOneSeriesInLabelsOfAnyOrder() throws Exception {
    append(new RemoteWrite().series(UP_A, 1, 1));
    append(
        new RemoteWrite()
            .series(
                new String[] {"job", "node", "__name__", "up", "gone", "", "instance", "a"}, 2, 2)
            .series(UP_B, 2, 7));

    assertThat(samples(UP_A)).hasToString("[1 1.0, 2 2.0]");
    assertThat(samples(UP_B)).hasToString("[2 7.0]");
    assertThat(segment.seriesCount()).isEqualTo(2);
  }

  @Test
  void keepsHistogramsAsTheyWereSent() throws Exception {
    byte[] histogram = {1 << 3, 5, 15 << 3, 100}; // count 5, at 100 ms
    append(new RemoteWrite().histogram(UP_A, histogram));

    SampleColumns samples = samples(UP_A);

    assertThat(samples.time(0)).isEqualTo(100);
    assertThat(samples.histogram(0)).isEqualTo(histogram);
  }

  @Test
  void answersInstantsFromTheNewestSampleAlone() throws Exception {
    append(new RemoteWrite().series(UP_A, 1000, 1, 2000, 2).series(UP_B, 9000, 1, 500, 3));
    List<LabelMatcher> up = List.of(LabelMatcher.equal("__name__", "up"));

    List<Series> newest = select(up, 0, 5000, true);

    assertThat(newest)
        .extracting(series -> series.samples().toString())
        .containsExactly("[2000 2.0]", "[500 3.0]");
  }

  @Test
  void namesLabelsAndTheirValues() throws Exception {
    append(
        new RemoteWrite().series(UP_A, 1, 1).series(UP_B, 1, 1).counter(LOAD, "How busy.", 1, 1));
    TreeSet<String> names = new TreeSet<>();
    TreeSet<String> values = new TreeSet<>();

    segment.collectLabelNames(ACME, 0, 9, names);
    segment.collectLabelValues(ACME, "instance", 0, 9, values);

    assertThat(names).containsExactly("__name__", "instance", "job");
    assertThat(values).containsExactly("a", "b");
    assertThat(segment.metadata(ACME).get("load1").help()).isEqualTo("How busy.");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          all there is                        | 0   | 900 | a b c d
          to the millisecond                  | 100 | 800 | a b c d
          what begins later                   | 0   | 99  |
          what ended before                   | 801 | 900 |
          a late sample                       | 300 | 300 | b
          within a chunk, between its samples | 150 | 180 | a
          the ends belong to it               | 200 | 400 | a b c
          histograms                          | 700 | 900 | d
          """)
  void namesSeriesThatMayHaveSamplesAtATime(
      String situation, long start, long end, @Nullable String expected) throws Exception {
    Labels d = Labels.of("__name__", "up", "instance", "d");
    Labels c = Labels.of("__name__", "up", "instance", "c");
    append(new RemoteWrite().series(UP_A, 100, 1).series(UP_B, 500, 1).series(c, 400, 1));
    append(new RemoteWrite().series(UP_A, 200, 1).series(UP_B, 300, 1));
    byte[] histogram = new ProtoWriter(16).varint(1, 5).varint(15, 800).toByteArray();
    append(new RemoteWrite().histogram(d, histogram));
    TreeSet<String> names = new TreeSet<>();
    TreeSet<String> values = new TreeSet<>();

    segment.collectLabelNames(ACME, start, end, names);
    segment.collectLabelValues(ACME, "instance", start, end, values);
    List<Labels> series = segment.selectLabels(ACME, List.of(), start, end);

    List<String> instances = expected == null ? List.of() : List.of(expected.split(" "));
    assertThat(values).containsExactlyElementsOf(instances);
    assertThat(series)
        .extracting(labels -> labels.get("instance"))
        .containsExactlyInAnyOrderElementsOf(instances);
    assertThat(names.isEmpty()).isEqualTo(instances.isEmpty());
  }

  /** Another thread appends, which would wait for a lock; it is a daemon, should it ever do so. */
  @Test
  void takesInSeriesWhileLabelsAreHandedOver() throws Exception {
    int series = 2 * MetricsSegment.LABELS_SLICE + 1;
    for (int i = 0; i < series; ) {
      RemoteWrite some = new RemoteWrite();
      for (int until = Math.min(series, i + 1_000); i < until; i++) {
        some.series(Labels.of("__name__", "up", "instance", "i" + i), 100, 1);
      }
      append(some);
    }
    Set<Labels> handed = new HashSet<>();

    segment.forEachLabels(
        ACME,
        List.of(LabelMatcher.equal("__name__", "up")),
        labels -> {
          if (handed.isEmpty()) {
            appendElsewhere(new RemoteWrite().series(UP_A, 100, 1));
          }
          handed.add(labels);
        });

    assertThat(handed).hasSize(series).doesNotContain(UP_A);
    assertThat(segment.seriesCount()).isEqualTo(series + 1);
  }

  private void appendElsewhere(RemoteWrite request) {
    FutureTask<Integer> appending = new FutureTask<>(() -> append(request));
    Thread.startVirtualThread(appending);
    try {
      assertThat(appending.get(30, TimeUnit.SECONDS)).isOne();
    } catch (ExecutionException | InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void metadataThatComesLaterIsOfASeriesWithoutLabelsToo() throws Exception {
    Labels bare = Labels.of("__name__", "load1");
    append(new RemoteWrite().series(bare, 1, 1));
    append(new RemoteWrite().metadata("load1", "How busy."));

    assertThat(segment.metadata(ACME).get("load1").help()).isEqualTo("How busy.");
  }

  @Test
  void metadataAloneIsNoSeries() throws Exception {
    append(new RemoteWrite().metadata("load1", "How busy.").series(UP_A, 1, 1));
    TreeSet<String> names = new TreeSet<>();

    segment.collectLabelValues(ACME, "__name__", 0, 9, names);

    assertThat(names).containsExactly("up");
    assertThat(segment.seriesCount()).isEqualTo(1);
    assertThat(segment.metadata(ACME).get("load1").help()).isEqualTo("How busy.");
    assertThat(samples(UP_A)).hasToString("[1 1.0]");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no bytes of protobuf,ff",
    "no symbols,''",
    "a length beyond the end,227f",
    "a group of protobuf 2,2b",
  })
  void refusesWhatIsNoRequest(String what, String hex) {
    assertThatThrownBy(() -> append(ACME, HexFormat.of().parseHex(hex)))
        .isInstanceOf(MalformedRecordException.class);
  }

  @Test
  void leavesTheSegmentAsItWasWhenARecordIsRefused() throws Exception {
    append(new RemoteWrite().series(UP_A, 1, 1));
    byte[] twice =
        new RemoteWrite()
            .series(UP_B, 1, 1)
            .series(new String[] {"a", "1", "a", "2"}, 1, 1)
            .toByteArray();

    assertThatThrownBy(() -> append(ACME, twice))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("label name: a twice");
    assertThatThrownBy(() -> append(new RemoteWrite().series(UP_B, -5, 1)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("timestamp: -5");
    assertThat(segment.seriesCount()).isEqualTo(1);
    assertThat(segment.rows()).isEqualTo(1);
  }

  @Test
  void showsARecordWholeOrNotAtAll() throws Exception {
    int series = 50;
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<String> torn = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    List<Series> all = select(LabelMatcher.equal("__name__", "m"));
                    long sizes = all.stream().mapToInt(s -> s.samples().size()).distinct().count();
                    if (sizes > 1 || (!all.isEmpty() && all.size() != series)) {
                      torn.set(all.size() + " series of " + sizes + " sizes");
                    }
                  }
                });
    for (int record = 0; record < 400; record++) {
      RemoteWrite request = new RemoteWrite();
      for (int i = 0; i < series; i++) {
        request.series(Labels.of("__name__", "m", "i", "" + i), record * 10, record * 1.5 + i);
      }
      append(request);
    }
    done.set(true);
    reader.join();

    assertThat(torn.get()).isNull();
    assertThat(select(LabelMatcher.equal("i", "7")).get(0).samples().size()).isEqualTo(400);
  }
}

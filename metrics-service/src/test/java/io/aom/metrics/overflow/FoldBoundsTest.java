package io.aom.metrics.overflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.HeadSegment;
import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.head.MetricsSegment.SealedSeries;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens beyond the bounds, and with time. */
class FoldBoundsTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long MINUTE = 60_000;
  private static final long START = 1_700_000_040_000L;

  private final MetricsBlockFormat format =
      new MetricsBlockFormat(
          List.of(),
          new FoldProperties(
              10, Map.of("large", 20, "free", 0), Duration.ofHours(1), List.of("pod")));
  private MetricsSegment segment = format.newSegment(0, HeadSegment.NO_CARRY);

  private void send(TenantId tenant, long at, int from, int to, IntFunction<Labels> labels)
      throws MalformedRecordException {
    RemoteWrite request = new RemoteWrite();
    for (int i = from; i < to; i++) {
      request.series(labels.apply(i), at, 1);
    }
    segment.append(new HeadRecord(tenant, request.toByteArray(), request.items(), at, 0));
  }

  private void send(long at, int from, int to) throws MalformedRecordException {
    send(ACME, at, from, to, FoldBoundsTest::hits);
  }

  private static Labels hits(int user) {
    return Labels.of("__name__", "hits_total", "job", "shop", "user", "u" + user);
  }

  private byte[] next() {
    byte[] carry = segment.carry();
    segment = format.newSegment(0, carry);
    return carry;
  }

  private double overflow() {
    return segment.all(ACME).stream()
        .filter(one -> one.labels().get("user").equals("__overflow__"))
        .map(SealedSeries::decode)
        .mapToDouble(samples -> samples.value(samples.size() - 1))
        .sum();
  }

  @Test
  void whatIsSilentMakesRoomAndWhatFindsNoneIsLeftOutAndCounted() throws Exception {
    int most = FoldLimits.SERIES;
    for (int from = 0; from < most + 10; from += 50_002) {
      send(START, from, from + 50_002);
    }
    assertThat(format.foldStatistics().series()).isEqualTo(most);
    assertThat(format.foldStatistics().refused()).isEqualTo(5 * 50_002 - 10 - most);
    assertThat(overflow()).isEqualTo(most);

    send(START + 5 * MINUTE, 300_000, 300_001);
    assertThat(format.foldStatistics().forgotten()).isZero();
    send(START + 6 * MINUTE, 100, 101); // Known: after it room is made.
    assertThat(format.foldStatistics().forgotten()).isEqualTo(most / 4);
    send(START + 6 * MINUTE, 300_000, 300_001);
    assertThat(overflow()).isEqualTo(most + 1);

    assertThat(next().length).isBetween(1 << 20, 13 << 20);
    send(START + 7 * MINUTE, 300_000, 300_001);
    assertThat(overflow()).isEqualTo(most + 1); // It had not risen.
  }

  @Test
  void labelsOfOverflowSeriesAreBounded() throws Exception {
    sendGroups(0, 10);
    assertThat(segment.all(ACME)).hasSizeBetween(5_000, 9_000);
    sendGroups(10, 30);
    assertThat(format.foldStatistics().refused()).isPositive();
    assertThat(next().length).isLessThan(13 << 20);
  }

  /** Series of many metrics with long values, of which two labels fold. */
  private void sendGroups(int from, int to) throws Exception {
    String text = "x".repeat(1_000);
    for (int group = from; group < to; group++) {
      String suffix = text + group;
      send(
          ACME,
          START,
          0,
          1_000,
          i ->
              Labels.of(
                  "__name__",
                  "m" + i % 500,
                  "a",
                  suffix,
                  "pod",
                  "p" + i + suffix,
                  "user",
                  "u" + i + suffix));
    }
  }

  @Test
  void valuesThatAreGoneForLongGiveTheirPlacesToNewOnes() throws Exception {
    send(START, 0, 10);
    next();
    send(START + 59 * MINUTE, 5, 11); // 10 is beyond the budget, 5 to 9 stay.
    assertThat(overflow()).isEqualTo(1);
    next();
    send(START + 61 * MINUTE, 20, 21);
    assertThat(overflow()).isEqualTo(2); // Places become free between segments only.
    next();
    send(START + 62 * MINUTE, 30, 35);
    assertThat(overflow()).isZero(); // 0 to 4 have given way.
    send(START + 62 * MINUTE, 35, 36);
    assertThat(overflow()).isEqualTo(3);
    assertThat(segment.folded(ACME)).hasSize(1);

    next();
    send(ACME, START + 130 * MINUTE, 0, 1, i -> Labels.of("__name__", "up", "job", "shop"));
    next();
    assertThat(segment.folded(ACME)).isEmpty();
    assertThat(segment.carry()).isEmpty();
  }

  @Test
  void eachTenantHasItsBudgetAndSomeLabelsAreKept() throws Exception {
    send(new TenantId("large"), START, 0, 30, FoldBoundsTest::hits);
    send(new TenantId("free"), START, 0, 30, FoldBoundsTest::hits);
    for (String label : List.of("pod", "instance", "le", "quantile")) {
      send(START, 0, 30, label);
    }
    assertThat(segment.all(new TenantId("large"))).hasSize(21);
    assertThat(segment.all(new TenantId("free"))).hasSize(30);
    assertThat(segment.all(ACME)).hasSize(120);
    assertThat(segment.folded(ACME)).isEmpty();
  }

  private void send(long at, int from, int to, String label) throws MalformedRecordException {
    send(ACME, at, from, to, i -> Labels.of("__name__", "hits_total", label, "v" + i));
  }

  @Test
  void deltasAndNativeHistogramsAreLeftAlone() throws Exception {
    send(START, 0, 11);
    RemoteWrite request = new RemoteWrite();
    for (int i = 0; i < 20; i++) {
      request.started(Labels.of("__name__", "delta", "user", "u" + i), START, 1, START - MINUTE);
    }
    segment.append(new HeadRecord(ACME, request.toByteArray(), 20, START, 1));
    assertThat(segment.all(ACME)).hasSize(31);
  }

  @ParameterizedTest
  @CsvSource({
    "x_total,,false,COUNTER",
    "x,,false,GAUGE",
    "x,counter,false,COUNTER",
    "x_total,gauge,false,GAUGE",
    "x_bucket,histogram,false,COUNTER",
    "x,summary,false,GAUGE",
    "x_sum,summary,false,COUNTER",
    "x_bucket,gaugehistogram,true,DELTA",
    "x,,true,DELTA",
    "x_total,,true,COUNTER",
  })
  void tellsCountersFromGauges(String name, String type, boolean started, NewSeries.Kind kind) {
    MetricMetadata said = type == null ? null : new MetricMetadata(type, "", "");
    assertThat(Kinds.of(name, said, started)).isEqualTo(kind);
  }

  @Test
  void aCarryThatIsCutOrOfAnotherVersionIsRefused() throws Exception {
    send(START, 0, 20);
    byte[] carry = next();
    for (int length = 1; length < carry.length; length++) {
      byte[] cut = Arrays.copyOf(carry, length);
      assertThatThrownBy(() -> format.newSegment(0, cut))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("carry of partition 0: ");
    }
    carry[0] = 2;
    assertThatThrownBy(() -> format.newSegment(0, carry))
        .hasMessage("carry of partition 0: version 2 (expected: 1)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT9M", "PT721H"})
  void boundsItsSettings(String forget) {
    assertThatThrownBy(() -> new FoldProperties(1, Map.of(), Duration.parse(forget), List.of()))
        .hasMessageContaining("aom.metrics.fold.forget: " + forget);
    assertThatThrownBy(() -> new FoldProperties(-1, Map.of(), Duration.ofHours(1), List.of()))
        .hasMessage("aom.metrics.fold.values: -1 (expected: >= 0)");
  }
}

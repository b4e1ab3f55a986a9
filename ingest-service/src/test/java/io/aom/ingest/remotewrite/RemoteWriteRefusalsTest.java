package io.aom.ingest.remotewrite;

import static io.aom.ingest.remotewrite.PrometheusMessages.firstVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.readSecondVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.secondVersion;
import static io.aom.ingest.remotewrite.PrometheusMessages.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.ingest.series.SeriesLimits;
import io.aom.telemetry.wire.MalformedWireException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not taken of a request, and that the rest is. */
class RemoteWriteRefusalsTest extends RemoteWriteSplitting {
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

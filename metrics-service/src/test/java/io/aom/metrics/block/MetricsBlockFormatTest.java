package io.aom.metrics.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.TermExpression;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsBlockFormatTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long DAY = 86_400_000L;
  private final MetricsBlockFormat format = new MetricsBlockFormat();

  private List<BlockPart> seal(RemoteWrite... requests) throws Exception {
    MetricsSegment segment = format.newSegment(0);
    for (int i = 0; i < requests.length; i++) {
      segment.append(new HeadRecord(ACME, requests[i].toByteArray(), requests[i].items(), 0, i));
    }
    return format.seal(segment);
  }

  private static TreeMap<String, String> content(List<BlockPart> parts) {
    TreeMap<String, String> content = new TreeMap<>();
    for (BlockPart part : parts) {
      List<Labels> labels = LabelsColumn.decode(part.columns().get(MetricsBlockFormat.LABELS));
      SamplesColumn samples = SamplesColumn.open(part.columns().get(MetricsBlockFormat.SAMPLES));
      for (int i = 0; i < labels.size(); i++) {
        content.merge(labels.get(i).toString(), samples.decode(i).toString(), String::concat);
      }
    }
    return content;
  }

  @Test
  void partsHoldEverySampleOnce() throws Exception {
    Labels up = Labels.of("__name__", "up", "job", "a");
    List<BlockPart> parts =
        seal(
            new RemoteWrite().series(up, 1000, 1, 2000, 2),
            new RemoteWrite().series(up, 3000, 3).series(Labels.of("__name__", "down"), 5, 0.5));

    assertThat(content(parts))
        .containsEntry("up{job=\"a\"}", "[1000 1.0, 2000 2.0, 3000 3.0]")
        .containsEntry("down", "[5 0.5]");
    assertThat(parts.stream().mapToInt(BlockPart::rows).sum()).isEqualTo(4);
    assertThat(parts.get(0).terms())
        .containsExactlyInAnyOrder("__name__=up", "__name__=down", "job=a");
    assertThat(parts.get(0).startMillis()).isEqualTo(5);
    assertThat(parts.get(0).endMillis()).isEqualTo(3000);
  }

  @Test
  void startTimesAreSealed() throws Exception {
    Labels served = Labels.of("__name__", "served_total");
    List<BlockPart> parts =
        seal(new RemoteWrite().started(served, 1000, 1, 10, 2000, 2, 10, 3000, 1, 2500));

    SampleColumns samples =
        SamplesColumn.open(parts.get(0).columns().get(MetricsBlockFormat.SAMPLES)).decode(0);
    assertThat(new long[] {samples.start(0), samples.start(1), samples.start(2)})
        .containsExactly(10, 10, 2500);
  }

  @Test
  void exemplarsAreSealedWithTheSamplesOfTheirDay() throws Exception {
    Labels served = Labels.of("__name__", "served_total");
    List<BlockPart> parts =
        seal(
            new RemoteWrite()
                .exemplar(served, DAY - 1, 1, DAY - 2, "trace_id", "a")
                .exemplar(served, DAY + 5, 2, DAY + 4, "trace_id", "b")
                .series(Labels.of("__name__", "plain"), 2 * DAY, 1));

    assertThat(parts).hasSize(3);
    for (int day = 0; day < 2; day++) {
      assertThat(parts.get(day).terms()).contains(BlockTerms.HAS_EXEMPLARS);
      assertThat(ExemplarsColumn.decode(parts.get(day).columns().get(MetricsBlockFormat.EXEMPLARS)))
          .containsExactly(
              List.of(
                  new Exemplar(
                      Labels.of("trace_id", day == 0 ? "a" : "b"),
                      day == 0 ? DAY - 2 : DAY + 4,
                      day + 1)));
    }
    assertThat(parts.get(2).columns()).doesNotContainKey(MetricsBlockFormat.EXEMPLARS);
    assertThat(parts.get(2).terms()).doesNotContain(BlockTerms.HAS_EXEMPLARS);
  }

  @Test
  void aPartHoldsOneDay() throws Exception {
    Labels up = Labels.of("__name__", "up");
    List<BlockPart> parts = seal(new RemoteWrite().series(up, DAY - 1, 1, DAY, 2, 3 * DAY, 3));

    assertThat(parts).extracting(BlockPart::startMillis).containsExactly(DAY - 1, DAY, 3 * DAY);
  }

  @Test
  void aMetricOfManySeriesHasPacksOfItsOwn() throws Exception {
    RemoteWrite request = new RemoteWrite();
    for (int i = 0; i < 600; i++) {
      request.series(Labels.of("__name__", "many", "i", "" + i), 1, i);
    }
    for (int i = 0; i < 40; i++) {
      request.series(Labels.of("__name__", "few" + i), 1, i);
    }

    List<BlockPart> parts = seal(request);

    assertThat(parts).extracting(BlockPart::rows).containsExactly(40, 256, 256, 88);
    assertThat(content(parts)).hasSize(640);
  }

  @Test
  void aReplayGivesTheSameBytes() throws Exception {
    RemoteWrite[] requests = {
      new RemoteWrite().series(Labels.of("__name__", "b", "x", "1"), 1, 1.25, 2, 1.5),
      new RemoteWrite().series(Labels.of("__name__", "a", "y", "2"), 1, 7)
    };
    List<BlockPart> once = seal(requests);
    List<BlockPart> again = seal(requests);

    assertThat(again).hasSameSizeAs(once);
    for (int i = 0; i < once.size(); i++) {
      byte[] first = once.get(i).columns().get(MetricsBlockFormat.SAMPLES);
      assertThat(Arrays.equals(first, again.get(i).columns().get(MetricsBlockFormat.SAMPLES)))
          .isTrue();
      assertThat(again.get(i).terms()).containsExactlyElementsOf(once.get(i).terms());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          up                      ; Term[term=__name__=up]
          {job="a"}               ; Term[term=job=a]
          {job=~"a|b"}            ; AnyTerm[terms=[job=a, job=b]]
          {job=~"a.*"}            ; Prefix[prefix=job=a]
          {job=~".+"}             ; Prefix[prefix=job=]
          {job!=""}               ; Prefix[prefix=job=]
          {__name__=~"x?y|z+"}    ; Prefix[prefix=__name__=]
          """)
  void prunesByMatchers(String selector, String expression) {
    assertThat(BlockTerms.expression(Parser.parseSelector(selector))).hasToString(expression);
  }

  @Test
  void matchersThatAllowAbsenceDoNotPrune() {
    assertThat(BlockTerms.expression(Parser.parseSelector("up{a!=\"b\",c=~\".*\",d=\"\"}")))
        .isEqualTo(new TermExpression.Term("__name__=up"));
  }
}

package io.aom.metrics.query;

import io.aom.blockstore.PartitionQuery;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.PackPart;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.promql.EngineLimits;
import io.aom.metrics.promql.PartialResult;
import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.SeriesExemplars;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Lets fuzzing reach the questions that members of metrics-service ask one another. */
public final class MetricPeerQueries {
  private static final TenantId TENANT = new TenantId("acme");
  private static final SelectQuery SELECT = new SelectQuery();
  private static final ExemplarsQuery EXEMPLARS = new ExemplarsQuery();
  private static final LabelsQuery LABELS = new LabelsQuery();
  private static final LabelTextsQuery TEXTS = new LabelTextsQuery();
  private static final MetadataQuery METADATA = new MetadataQuery();

  /** Its codec needs nothing of what it evaluates with. */
  private static final PartialQuery PARTIAL = new PartialQuery(null, null, null, null);

  private MetricPeerQueries() {}

  /** All of them; {@link #examples} has two for each, a question and an answer. */
  public static List<PartitionQuery<?, ?, ?>> all() {
    return List.of(SELECT, EXEMPLARS, LABELS, TEXTS, METADATA, PARTIAL);
  }

  /** A question and an answer of each. */
  public static List<byte[]> examples() {
    List<LabelMatcher> matchers =
        List.of(
            LabelMatcher.equal("__name__", "up"),
            new LabelMatcher(LabelMatcher.Kind.NOT_REGEX, "job", "a|b.+c"));
    Labels labels = Labels.of("__name__", "up", "job", "a");
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i < 5; i++) {
      samples.append(1_790_000_000_000L + i * 15_000L, i * 0.5);
    }
    PackPart part =
        new PackPart(
            LabelsColumn.encode(List.of(labels)),
            SamplesColumn.encode(List.of(samples)),
            List.of(),
            Long.MIN_VALUE,
            Long.MAX_VALUE);
    StepGrid grid = new StepGrid(0, 120_000, 60_000);
    return List.of(
        SELECT.encodeQuestion(
            new SelectQuery.Question(
                TENANT,
                List.of(new Selection(matchers, -1, 5, true), new Selection(matchers, 0, 9, false)),
                1000,
                10)),
        SELECT.encodeAnswer(new SelectQuery.Found(List.of(List.of(part), List.of()), 1000)),
        EXEMPLARS.encodeQuestion(
            new ExemplarsQuery.Question(TENANT, List.of(matchers), 0, Long.MAX_VALUE)),
        EXEMPLARS.encodeAnswer(
            List.of(new SeriesExemplars(labels, List.of(new Exemplar(labels, 5, 1.5))))),
        LABELS.encodeQuestion(new LabelsQuery.Question(TENANT, List.of(matchers), 0, 60_000)),
        LABELS.encodeAnswer(List.of(labels, Labels.of("x", "y"))),
        TEXTS.encodeQuestion(new LabelTextsQuery.Question(TENANT, "job", 0, 60_000)),
        TEXTS.encodeAnswer(new TreeSet<>(Set.of("a", "b"))),
        METADATA.encodeQuestion(TENANT),
        METADATA.encodeAnswer(Map.of("up", new MetricMetadata("gauge", "Whether it is up.", ""))),
        PARTIAL.encodeQuestion(
            new PartialQuery.Question(
                TENANT,
                "sum by (job) (rate(up[5m]))",
                0,
                grid,
                grid,
                new RollupChoice(Resolving.RAW, 0, Kept.ALL),
                EngineLimits.DEFAULT,
                new Deadline(Duration.ofSeconds(10), () -> false))),
        PARTIAL.encodeAnswer(
            new PartialQuery.Answer(
                new PartialResult(
                    false,
                    List.of(labels),
                    List.<double[][]>of(new double[][] {{1, 2, 3}, {0, 1, Double.NaN}}),
                    List.of(new PartialResult.Remark(true, "mixed", 1, 5, 2))),
                List.of("partition 3"),
                15,
                Set.of(Resolution.HOUR),
                true)));
  }
}

package io.aom.metrics.block;

import io.aom.blockstore.FoundPart;
import io.aom.blockstore.PartExpiry;
import io.aom.blockstore.Removal;
import io.aom.blockstore.RetentionRule;
import io.aom.blockstore.TermExpression;
import io.aom.metrics.chunk.CorruptChunkException;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.Labels;
import java.util.List;
import java.util.Map;

/** A part may go once its newest sample is older than what each of its series' rules keeps. */
final class SeriesExpiry implements PartExpiry {
  @Override
  public List<String> columns() {
    return List.of(MetricsBlockFormat.LABELS);
  }

  @Override
  public TermExpression candidates(List<RetentionRule> rules) {
    return BlockTerms.anyOf(
        rules.stream().flatMap(rule -> SeriesCuts.selector(rule.selector()).stream()).toList());
  }

  @Override
  public boolean expired(FoundPart part, Map<String, byte[]> columns, Removal removal) {
    SeriesCuts cuts = SeriesCuts.of(removal);
    return OpenParts.decoded(part, () -> labels(columns)).stream()
        .allMatch(series -> part.endMillis() < cuts.fromMillis(series));
  }

  private static List<Labels> labels(Map<String, byte[]> columns) {
    byte[] labels = columns.get(MetricsBlockFormat.LABELS);
    if (labels == null) {
      throw new CorruptChunkException("no labels (expected: those of its series)");
    }
    return LabelsColumn.decode(labels);
  }
}

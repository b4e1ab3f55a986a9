package io.aom.metrics.cardinality;

import io.aom.opensearch.documents.DocumentType;
import java.util.List;
import java.util.Map;

/**
 * Which of a tenant's metrics one member was asked for.
 *
 * @param sinceMillis epoch milliseconds from which on it has noted that
 * @param days by metric, the UTC day of the last query, counted from 1970-01-01
 */
public record MetricUsesDocument(String tenant, long sinceMillis, Map<String, Long> days) {
  public static final DocumentType<MetricUsesDocument> TYPE =
      new DocumentType<>(
          "aom-metric-uses", MetricUsesDocument.class, List.of("tenant"), List.of(), false);
}

package io.aom.metrics.metadata;

import io.aom.metrics.series.MetricMetadata;
import io.aom.opensearch.documents.DocumentType;
import java.util.List;
import java.util.Map;

/** What senders said of a tenant's metrics, by the metric's name. */
record MetadataDocument(String tenant, Map<String, Said> metrics) {
  static final DocumentType<MetadataDocument> TYPE =
      new DocumentType<>(
          "aom-metric-metadata", MetadataDocument.class, List.of("tenant"), List.of(), false);

  /**
   * @param type in Prometheus's words
   * @param day UTC day on which it was last saved, counted from 1970-01-01
   */
  record Said(String type, String help, String unit, long day) {
    static Said of(MetricMetadata said, long day) {
      return new Said(said.type(), said.help(), said.unit(), day);
    }

    MetricMetadata metadata() {
      return new MetricMetadata(type, help, unit);
    }

    int chars() {
      return type.length() + help.length() + unit.length();
    }
  }
}

package io.aom.ingest.series;

import io.aom.opensearch.documents.DocumentType;
import java.util.List;

/**
 * Whose samples of a pair of servers are taken.
 *
 * @param seenMillis epoch milliseconds when it was last heard, some seconds old at most
 */
public record HaPairDocument(String tenant, String cluster, String replica, long seenMillis) {
  public static final DocumentType<HaPairDocument> TYPE =
      new DocumentType<>(
          "aom-ha-pairs", HaPairDocument.class, List.of("tenant"), List.of("seenMillis"), false);
}

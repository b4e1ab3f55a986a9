package io.aom.service.retention;

import io.aom.opensearch.documents.DocumentType;
import java.util.List;
import java.util.Map;

/**
 * How long a tenant keeps what it sends; what is not named is kept as long as the operator keeps
 * it.
 *
 * @param days by kind: the signal ({@code metrics}, {@code logs}, {@code spans}), or signal and
 *     tier ({@code metrics-5m})
 */
public record RetentionDocument(String tenant, Map<String, Integer> days) {
  /** What there is to keep. */
  public static final List<String> KINDS =
      List.of("metrics", "metrics-5m", "metrics-1h", "logs", "spans");

  /** Of each tenant one, with its name as id. */
  public static final DocumentType<RetentionDocument> TYPE =
      new DocumentType<>(
          "aom-retention", RetentionDocument.class, List.of("tenant"), List.of(), true);

  public RetentionDocument {
    days = Map.copyOf(days);
  }

  /** What rows of a tier are called; of those as they were received like the signal. */
  public static String kind(String signal, String tier) {
    return tier.isEmpty() ? signal : signal + "-" + tier;
  }
}

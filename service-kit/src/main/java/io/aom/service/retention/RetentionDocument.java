package io.aom.service.retention;

import io.aom.opensearch.documents.DocumentType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long a tenant keeps what it sends; what is not named is kept as long as the operator keeps
 * it.
 *
 * @param days by kind: the signal ({@code metrics}, {@code logs}, {@code spans}), or signal and
 *     tier ({@code metrics-5m})
 * @param metricRules what metrics are kept for less; the first that a series satisfies holds
 * @param changedAtMillis when it was said, epoch milliseconds; null before there were rules
 */
public record RetentionDocument(
    String tenant,
    Map<String, Integer> days,
    List<MetricRule> metricRules,
    @Nullable Long changedAtMillis) {

  /**
   * @param selector a series selector of PromQL
   * @param days how long samples and rollups of series that satisfy it are kept
   */
  public record MetricRule(String name, String selector, int days) {}

  /** The signal that {@link #metricRules} are of. */
  public static final String METRICS = "metrics";

  /** What there is to keep. */
  public static final List<String> KINDS =
      List.of(METRICS, "metrics-5m", "metrics-1h", "logs", "spans");

  /** Of each tenant one, with its name as id. */
  public static final DocumentType<RetentionDocument> TYPE =
      new DocumentType<>(
          "aom-retention", RetentionDocument.class, List.of("tenant"), List.of(), true);

  public RetentionDocument {
    days = Map.copyOf(days);
    metricRules = metricRules == null ? List.of() : List.copyOf(metricRules);
  }

  /** When it was said; long ago if that is not known. */
  public long changedAt() {
    return changedAtMillis == null ? 0 : changedAtMillis;
  }

  /** What rows of a tier are called; of those as they were received like the signal. */
  public static String kind(String signal, String tier) {
    return tier.isEmpty() ? signal : signal + "-" + tier;
  }
}

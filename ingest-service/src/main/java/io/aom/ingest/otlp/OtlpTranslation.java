package io.aom.ingest.otlp;

import io.aom.telemetry.otlp.PrometheusNames;
import java.util.List;

/**
 * How OTLP metrics read in Prometheus.
 *
 * @param promotedAttributes keys of resource attributes that every series carries; with {@code *}
 *     at the end, all that begin so
 * @param ignoredAttributes keys, in the same way, that are not promoted all the same
 * @param keepsIdentity whether target_info tells the attributes that job and instance are made of
 * @param scopeLabels whether series carry what is said of their scope
 * @param typeAndUnitLabels whether series carry type and unit of their metric
 * @param customBuckets whether histograms with explicit bounds become native ones instead of
 *     classic ones
 */
public record OtlpTranslation(
    PrometheusNames names,
    List<String> promotedAttributes,
    List<String> ignoredAttributes,
    boolean keepsIdentity,
    boolean scopeLabels,
    boolean typeAndUnitLabels,
    boolean customBuckets) {
  public OtlpTranslation {
    promotedAttributes = List.copyOf(promotedAttributes);
    ignoredAttributes = List.copyOf(ignoredAttributes);
  }
}

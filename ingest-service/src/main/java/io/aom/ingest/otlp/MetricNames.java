package io.aom.ingest.otlp;

import io.aom.telemetry.otlp.PrometheusNames;
import io.aom.telemetry.otlp.PrometheusNames.Kind;
import io.aom.telemetry.otlp.ValueText;
import java.util.HashMap;
import java.util.Map;

/** Names of the series of metrics, remembered from request to request. Not thread-safe. */
final class MetricNames {
  private static final int MOST = 10_000;

  private record Key(String name, String unit, Kind kind) {}

  /**
   * Names of one metric's series, in UTF-8.
   *
   * @param plain of the metric itself; empty if nothing of it can be said in Prometheus
   * @param bucket of a classic histogram's buckets
   * @param count of a histogram's or summary's count
   * @param sum of a histogram's or summary's sum
   */
  record Names(byte[] plain, byte[] bucket, byte[] count, byte[] sum) {
    static Names of(String name) {
      return new Names(
          ValueText.utf8(name),
          ValueText.utf8(name + "_bucket"),
          ValueText.utf8(name + "_count"),
          ValueText.utf8(name + "_sum"));
    }
  }

  private final PrometheusNames naming;
  private final Map<Key, Names> known = new HashMap<>();

  MetricNames(PrometheusNames naming) {
    this.naming = naming;
  }

  /** Forgets all if it has become much; to be called between requests. */
  void trim() {
    if (known.size() > MOST) {
      known.clear();
    }
  }

  Names of(String name, String unit, Kind kind) {
    return known.computeIfAbsent(
        new Key(name, unit, kind),
        key -> Names.of(naming.metric(key.name(), key.unit(), key.kind())));
  }
}

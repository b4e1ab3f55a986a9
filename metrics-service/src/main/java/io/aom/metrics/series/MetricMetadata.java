package io.aom.metrics.series;

/**
 * What a sender says of a metric.
 *
 * @param type in Prometheus's words: counter, gauge, histogram, gaugehistogram, summary, info,
 *     stateset or unknown
 */
public record MetricMetadata(String type, String help, String unit) {

  /** From the number that remote write 2.0 gives a type. */
  public static MetricMetadata ofWire(int type, String help, String unit) {
    String name =
        switch (type) {
          case 1 -> "counter";
          case 2 -> "gauge";
          case 3 -> "histogram";
          case 4 -> "gaugehistogram";
          case 5 -> "summary";
          case 6 -> "info";
          case 7 -> "stateset";
          default -> "unknown";
        };
    return new MetricMetadata(name, help, unit);
  }
}

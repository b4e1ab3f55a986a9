package io.aom.telemetry;

/** Kafka topics; their values are open formats, so that others may read and write them too. */
public final class Topics {
  /** Prometheus remote write 2.0 {@code io.prometheus.write.v2.Request}. */
  public static final String METRICS = "aom.metrics";

  /** OTLP {@code ExportLogsServiceRequest}. */
  public static final String LOGS = "aom.logs";

  /** OTLP {@code ExportTraceServiceRequest}. */
  public static final String SPANS = "aom.spans";

  /** CloudEvents JSON. */
  public static final String EVENTS = "aom.events";

  /** JSON by entity id, compacted. */
  public static final String ENTITIES = "aom.entities";

  /** Records that could not be decoded, as they were, with headers that say why and from where. */
  public static final String DEAD_LETTERS = "aom.dlq";

  private Topics() {}
}

package io.aom.telemetry;

/** Names of the headers on AOM's Kafka records. Numbers are big-endian, text is UTF-8. */
public final class RecordHeaders {
  public static final String TENANT = "aom-tenant";

  /** 4 bytes: how many samples, log records or spans the value holds. */
  public static final String ITEMS = "aom-items";

  /** 8 bytes: epoch milliseconds at which ingest took the request. */
  public static final String RECEIVED = "aom-received";

  /**
   * 16 bytes: digest of the client's request. A client that lost our answer sends the same bytes
   * again; by the digest the partition's owner sees that it has them.
   */
  public static final String REQUEST = "aom-request";

  /** W3C trace context, where the request had one. */
  public static final String TRACE_PARENT = "traceparent";

  /** On dead letters: why the record could not be taken. */
  public static final String DEAD_REASON = "aom-dead-reason";

  /** On dead letters: {@code topic/partition/offset} the record was read from. */
  public static final String DEAD_ORIGIN = "aom-dead-origin";

  private RecordHeaders() {}
}

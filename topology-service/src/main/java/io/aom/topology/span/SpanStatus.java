package io.aom.topology.span;

/** OTLP's span status, in the order of its numbers. */
public enum SpanStatus {
  UNSET,
  OK,
  ERROR;

  private static final SpanStatus[] BY_CODE = values();

  /** The status with OTLP's number {@code code}; unset if there is none. */
  public static SpanStatus of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : UNSET;
  }
}

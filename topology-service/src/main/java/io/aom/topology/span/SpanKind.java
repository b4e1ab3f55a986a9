package io.aom.topology.span;

/** OTLP's span kinds; a kind that is not given or not known counts as internal. */
public enum SpanKind {
  INTERNAL,
  SERVER,
  CLIENT,
  PRODUCER,
  CONSUMER;

  private static final SpanKind[] BY_CODE = {
    INTERNAL, INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER
  };

  /** The kind with OTLP's number {@code code}. */
  public static SpanKind of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : INTERNAL;
  }

  /** Whether a span of this kind is where a service takes work in from outside. */
  public boolean entry() {
    return this == SERVER || this == CONSUMER;
  }

  /** Whether a span of this kind is where a service hands work to something else. */
  public boolean exit() {
    return this == CLIENT || this == PRODUCER;
  }
}

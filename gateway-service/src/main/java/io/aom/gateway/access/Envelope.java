package io.aom.gateway.access;

/** The form in which a route's clients read errors. */
public enum Envelope {
  /** RFC 9457. */
  PROBLEM,
  /** {@code {status: error, errorType, error}}. */
  PROMETHEUS
}

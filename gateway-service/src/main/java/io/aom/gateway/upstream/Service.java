package io.aom.gateway.upstream;

import java.util.Locale;

/** The services behind the gateway. */
public enum Service {
  INGEST,
  METRICS,
  LOG,
  TOPOLOGY,
  ALARM;

  /** Its name in settings, paths and metrics. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

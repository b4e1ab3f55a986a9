package io.aom.ingest.intake;

import io.aom.telemetry.Topics;

/** Kinds of telemetry, each with a topic and a service that stores it. */
public enum Signal {
  METRICS("metrics", Topics.METRICS),
  LOGS("logs", Topics.LOGS),
  SPANS("spans", Topics.SPANS);

  private final String label;
  private final String topic;

  Signal(String label, String topic) {
    this.label = label;
    this.topic = topic;
  }

  /** Its name in the API, in settings and on AOM's own metrics. */
  public String label() {
    return label;
  }

  public String topic() {
    return topic;
  }
}

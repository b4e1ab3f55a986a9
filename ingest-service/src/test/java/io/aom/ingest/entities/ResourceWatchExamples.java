package io.aom.ingest.entities;

import java.time.Duration;

/** Resource watches for tests of what else becomes of a request. */
public final class ResourceWatchExamples {
  private ResourceWatchExamples() {}

  /** One that publishes nowhere. */
  public static ResourceWatch silent() {
    return new ResourceWatch((entity, onFailure) -> {}, 10, Duration.ofMinutes(10));
  }
}

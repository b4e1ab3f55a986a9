package io.aom.ingest.body;

import io.aom.telemetry.Problem;

/** What can be wrong with a body before anybody has looked into it. */
public final class BodyProblem {
  public static final Problem UNSUPPORTED =
      new Problem("unsupported-media-type", "Unsupported media type", 415);

  private BodyProblem() {}
}

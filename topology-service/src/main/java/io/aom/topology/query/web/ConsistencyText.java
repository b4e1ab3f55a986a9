package io.aom.topology.query.web;

import io.aom.blockstore.Heads.Consistency;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;

/** How much a caller wants an answer to hold: {@code eventual} or {@code strong}. */
final class ConsistencyText {
  private ConsistencyText() {}

  static Consistency parse(String text) {
    return switch (text) {
      case "eventual" -> Consistency.EVENTUAL;
      case "strong" -> Consistency.STRONG;
      default ->
          throw new RejectedException(
              Problem.BAD_REQUEST, "consistency: " + text + " (expected: eventual or strong)");
    };
  }
}

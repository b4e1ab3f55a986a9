package io.aom.opensearch.documents;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;

/** The ways a call can be refused, said alike by every store. */
final class DocumentProblems {
  private DocumentProblems() {}

  static RejectedException taken(DocumentType<?> type, String id) {
    return new RejectedException(
        Problem.CONFLICT,
        "id: " + id + " (expected: one that is not taken in " + type.index() + ")");
  }

  static RejectedException stale(DocumentType<?> type, String id) {
    return new RejectedException(
        Problem.VERSION_STALE,
        "version: not that of "
            + id
            + " in "
            + type.index()
            + " now (read it again, then change it)");
  }

  static RejectedException notACursor(String cursor) {
    return new RejectedException(
        Problem.BAD_REQUEST, "cursor: " + cursor + " (expected: the cursor of the page before)");
  }
}

package io.aom.opensearch.documents;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;

/** Which state of a document somebody has seen; its text form goes out as an ETag or a member. */
public record DocumentVersion(long sequenceNumber, long primaryTerm) {

  /** Reads what {@link #toString} wrote; a {@link RejectedException} with 400 if it is not that. */
  public static DocumentVersion parse(String text) {
    int dot = text.indexOf('.');
    try {
      if (dot > 0) {
        return new DocumentVersion(
            Long.parseLong(text.substring(0, dot)), Long.parseLong(text.substring(dot + 1)));
      }
    } catch (NumberFormatException e) {
      throw notAVersion(text);
    }
    throw notAVersion(text);
  }

  private static RejectedException notAVersion(String text) {
    return new RejectedException(
        Problem.BAD_REQUEST, "version: " + text + " (expected: the version that was read)");
  }

  @Override
  public String toString() {
    return sequenceNumber + "." + primaryTerm;
  }
}

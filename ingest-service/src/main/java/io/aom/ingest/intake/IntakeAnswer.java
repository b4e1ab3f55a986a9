package io.aom.ingest.intake;

import java.util.Map;

/**
 * What the sender is told.
 *
 * @param headers by name; among them the type of a body that is not empty
 */
@SuppressWarnings("ArrayRecordComponent")
public record IntakeAnswer(int status, Map<String, String> headers, byte[] body) {
  public IntakeAnswer {
    headers = Map.copyOf(headers);
  }
}

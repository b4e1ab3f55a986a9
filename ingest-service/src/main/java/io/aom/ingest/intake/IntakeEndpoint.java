package io.aom.ingest.intake;

import java.io.IOException;

/** Takes requests of one protocol and signal. Thread-safe; blocks until Kafka has what is taken. */
public interface IntakeEndpoint {
  /**
   * Takes a request, and tells what was refused of it in the words of its protocol.
   *
   * @throws IOException if the body cannot be read to its end
   */
  IntakeAnswer answer(IntakeRequest request) throws IOException;
}

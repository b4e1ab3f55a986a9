package io.aom.opensearch;

/** OpenSearch answered more than is read into memory: less must be asked for at a time. */
public final class OpenSearchAnswerTooLongException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OpenSearchAnswerTooLongException(String message, Throwable cause) {
    super(message, cause);
  }
}

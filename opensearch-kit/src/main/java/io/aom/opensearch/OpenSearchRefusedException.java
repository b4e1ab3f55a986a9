package io.aom.opensearch;

/** OpenSearch refused a request for good: our request is wrong. Retrying does not help. */
public final class OpenSearchRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  public OpenSearchRefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
